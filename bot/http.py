"""HTTP: Slack's requests, health for orchestrators, metrics for Prometheus."""

from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

LONGEST_BODY = 3_000_000
"""Bytes of a request; Slack's own stay far below."""

Ready = Callable[[], Awaitable[dict[str, str]]]
"""What is not ready, by part; empty when all is."""


def application(app: AsyncApp | None, ready: Ready) -> Starlette:
    """The ASGI application. Without an app (Socket Mode) only health and metrics are served."""
    routes = [
        Route("/healthz", _alive),
        Route("/readyz", _readiness(ready)),
        Route("/metrics", _metrics),
    ]
    if app is not None:
        handler = AsyncSlackRequestHandler(app)

        async def slack(request: Request) -> Response:
            length = request.headers.get("content-length", "")
            if not length.isdigit() or int(length) > LONGEST_BODY:
                return PlainTextResponse("too large, or of unknown length\n", status_code=413)
            return await handler.handle(request)

        routes.append(Route("/slack/events", slack, methods=["POST"]))
    return Starlette(routes=routes)


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _readiness(ready: Ready) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        wrong = await ready()
        return JSONResponse({"ready": not wrong, "wrong": wrong}, status_code=503 if wrong else 200)

    return answer


async def _metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
