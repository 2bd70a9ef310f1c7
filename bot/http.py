"""HTTP: Slack's requests on one port; health and figures on another, for those who run it."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.app.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.alerts.door import AlertDoor
from bot.bodies import Unread, body_of
from bot.slack.signing import is_signed

Ready = Callable[[], Awaitable[dict[str, str]]]
"""What is not ready, by part; empty when all is."""


def public(app: AsyncApp, secret: str, clock: Callable[[], datetime], door: AlertDoor) -> Starlette:
    """What Slack may reach. Length first, then the signature over the raw bytes, then what stands in them.

    door: what monitoring tools may reach.
    """

    async def slack(request: Request) -> Response:
        try:
            body = await body_of(request)
        except Unread as error:
            return _refused(error.status, str(error))
        stamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        if not is_signed(secret, body, stamp, signature, clock()):
            return _refused(401, "not signed by this app's signing secret, or not fresh")
        try:
            asked = to_async_bolt_request(request, body)
        except (ValueError, RecursionError):  # not UTF-8, not JSON, or JSON without an end
            return _refused(400, "not a request of Slack's")
        return to_starlette_response(await app.async_dispatch(asked))

    return Starlette(routes=[Route("/slack/events", slack, methods=["POST"]), *_alerts(door)])


def alerts_only(door: AlertDoor) -> Starlette:
    """What monitoring tools may reach, where Slack comes through a socket."""
    return Starlette(routes=_alerts(door))


def _alerts(door: AlertDoor) -> list[Route]:
    if not door.is_open:
        return []
    return [
        Route("/alerts/alertmanager", door.alertmanager, methods=["POST"]),
        Route("/alerts/pagerduty", door.pagerduty, methods=["POST"]),
        Route("/alerts/generic/{name}", door.generic, methods=["POST"]),
    ]


def admin(ready: Ready) -> Starlette:
    """What orchestrators and Prometheus ask; not for the outside."""
    return Starlette(
        routes=[
            Route("/healthz", _alive),
            Route("/readyz", _readiness(ready)),
            Route("/metrics", _metrics),
        ]
    )


def _refused(status: int, why: str) -> Response:
    """A refusal, after which the connection is closed: what is left of the request is not waited for."""
    return PlainTextResponse(f"{why}\n", status_code=status, headers={"connection": "close"})


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _readiness(ready: Ready) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        wrong = await ready()
        return JSONResponse({"ready": not wrong, "wrong": wrong}, status_code=503 if wrong else 200)

    return answer


async def _metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
