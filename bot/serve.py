"""Runs Muster on a transport until it is told to stop."""

import asyncio
import gc
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.app import Muster, muster
from bot.clock import utc_now
from bot.http import admin, alerts_only, public
from bot.settings import Settings
from bot.watchdog import watched
from bot.web_server import listening
from model.ports.journal import JournalUnavailable

_LOG = structlog.get_logger()


@dataclass(frozen=True)
class Ports:
    """Where it listens; 0: not at all (Socket Mode has nothing that Slack must reach).

    slack: there monitoring tools post their alerts too.
    """

    slack: int
    admin: int


@asynccontextmanager
async def serving(
    settings: Settings, clock: Callable[[], datetime] = utc_now
) -> AsyncGenerator[tuple[Muster, Ports]]:
    """Muster, listening; the system chooses a port set to 0. Raises what `muster` does, or OSError."""
    async with AsyncExitStack() as stack:
        stack.enter_context(watched())
        running = await stack.enter_async_context(muster(settings, clock))
        health = listening(
            admin(lambda: ready(running)), settings.admin_host, settings.admin_port, "MUSTER_ADMIN_PORT"
        )
        ports = Ports(slack=0, admin=await stack.enter_async_context(health))
        if settings.transport == "http":
            secret = settings.slack_signing_secret.get_secret_value()
            front = listening(
                public(running.app, secret, utc_now, running.door),
                settings.host,
                settings.port,
                "MUSTER_PORT",
            )
            ports = Ports(slack=await stack.enter_async_context(front), admin=ports.admin)
        else:
            await stack.enter_async_context(_socket(running, settings))
            if running.door.is_open:
                front = listening(alerts_only(running.door), settings.host, settings.port, "MUSTER_PORT")
                ports = Ports(slack=await stack.enter_async_context(front), admin=ports.admin)
        _LOG.info("ready", transport=settings.transport, port=ports.slack, admin_port=ports.admin)
        yield running, ports


async def run(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. What was made to start is left out of every collection of garbage."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with serving(settings):
        gc.freeze()
        gc.enable()
        await stop.wait()


async def ready(running: Muster) -> dict[str, str]:
    """What is not ready: the journal is asked, Slack was at the start."""
    try:
        await running.opened.journal.heads(["ready"])
    except JournalUnavailable as error:
        return {"journal": str(error)}
    return {}


@asynccontextmanager
async def _socket(running: Muster, settings: Settings) -> AsyncGenerator[None]:
    """Socket Mode."""
    from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

    handler = AsyncSocketModeHandler(
        running.app, settings.slack_app_token.get_secret_value(), web_client=running.chat.client
    )
    await handler.connect_async()
    try:
        yield
    finally:
        await handler.close_async()
