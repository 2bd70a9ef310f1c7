"""Runs Muster on a transport until it is told to stop."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager
from datetime import datetime

import structlog
import uvicorn

from bot.clock import utc_now
from bot.compose import Muster, muster
from bot.http import application
from bot.settings import Settings
from model.recorded import JournalUnavailable

_LOG = structlog.get_logger()


@asynccontextmanager
async def serving(
    settings: Settings, clock: Callable[[], datetime] = utc_now
) -> AsyncGenerator[tuple[Muster, int]]:
    """Muster, listening; gives the port it listens on (chosen by the system for port 0)."""
    async with muster(settings, clock) as running:
        over_http = settings.transport == "http"
        app = application(running.app if over_http else None, lambda: ready(running))
        async with _listening(app, settings) as port, _socket(running, settings):
            _LOG.info("ready", transport=settings.transport, port=port)
            yield running, port


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with serving(settings):
        await stop.wait()


async def ready(running: Muster) -> dict[str, str]:
    """What is not ready: the journal is asked, Slack was at the start."""
    try:
        await running.opened.journal.heads(["ready"])
    except JournalUnavailable as error:
        return {"journal": str(error)}
    return {}


@asynccontextmanager
async def _listening(app: object, settings: Settings) -> AsyncGenerator[int]:
    config = uvicorn.Config(
        app,  # pyright: ignore[reportArgumentType]  # uvicorn's own ASGI types are narrower than Starlette
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            await task
            raise OSError(f"cannot listen on {settings.host}:{settings.port}; set MUSTER_PORT to a free port")
        await asyncio.sleep(0.005)
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """Leaves signals to `run`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def _socket(running: Muster, settings: Settings) -> AsyncGenerator[None]:
    """Socket Mode, when that is the transport."""
    if settings.transport != "socket":
        yield
        return
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

    handler = AsyncSocketModeHandler(
        running.app, settings.slack_app_token.get_secret_value(), web_client=running.chat.client
    )
    await handler.connect_async()
    try:
        yield
    finally:
        await handler.close_async()
