"""The servers that an acknowledgement is measured on, each started as a process of its own."""

import asyncio
import hashlib
import hmac
import sys
import time

SECRET = "benchmark-signing-secret"


def raw() -> object:
    """An ASGI app that does no more than check the signature."""

    async def app(scope, receive, send):  # noqa: ANN001, ANN202  # the ASGI protocol
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = dict(scope["headers"])
        stamp = headers[b"x-slack-request-timestamp"]
        proof = hmac.new(SECRET.encode(), b"v0:" + stamp + b":" + body, hashlib.sha256).hexdigest()
        fresh = abs(time.time() - int(stamp)) < 300  # a benchmark's own clock
        good = fresh and hmac.compare_digest(b"v0=" + proof.encode(), headers[b"x-slack-signature"])
        await send({"type": "http.response.start", "status": 200 if good else 401, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    return app


def bolt(*, before_response: bool, redis_url: str = "") -> object:
    """A bare Bolt app that echoes, without state; with a Redis, once its one commit is on disk there."""
    from redis.asyncio import Redis
    from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
    from slack_bolt.app.async_app import AsyncApp
    from slack_bolt.authorization import AuthorizeResult
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    async def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T0MUSTER", bot_token="xoxb-benchmark")

    redis = Redis.from_url(redis_url) if redis_url else None
    app = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=before_response)

    @app.command("/incident")
    async def echo(ack, body) -> None:  # noqa: ANN001
        if redis is not None:
            await redis.xadd("benchmark", {"text": body["text"], "user": body["user_id"]})
        await ack(body["text"])

    handler = AsyncSlackRequestHandler(app)

    async def slack(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", slack, methods=["POST"])])


async def serve(kind: str, redis_url: str) -> None:
    """Serve until killed; prints the port."""
    import uvicorn

    made = (
        raw()
        if kind == "raw"
        else bolt(before_response=kind != "bolt", redis_url=redis_url if "commit" in kind else "")
    )
    config = uvicorn.Config(made, port=0, log_level="error", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    await task


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], "".join(sys.argv[2:])))
