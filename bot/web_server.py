"""A web server on one address, that waits for nobody who does not send what they began."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S = 5.0
"""Seconds in which the head of a connection's first request has to arrive."""

MOST_CONNECTIONS = 1_000
"""Connections at once; more get 503. Slack's own are a handful."""


class CannotListen(OSError):
    """An address is taken or not to be had; says which, and what to type."""


@asynccontextmanager
async def listening(app: Starlette, host: str, port: int, setting: str) -> AsyncGenerator[int]:
    """Serve an application; gives the port (chosen by the system for port 0).

    setting: the variable that moves it, named when the port is taken. Raises CannotListen.
    """
    bound = _bound(host, port, setting)
    config = uvicorn.Config(
        app,
        http=_Impatient,
        log_level="warning",
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=2,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.005)
    try:
        yield int(bound.getsockname()[1])
    finally:
        server.should_exit = True
        await task


def _bound(host: str, port: int, setting: str) -> socket.socket:
    """A socket at the address, bound here because uvicorn would end the process without a word.

    The protocol is named so that asyncio turns Nagle's algorithm off on what it accepts.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((host, port))
        opened.listen()
    except OSError as error:
        opened.close()
        raise CannotListen(_why(error, host, port, setting)) from error
    return opened


def _why(error: OSError, host: str, port: int, setting: str) -> str:
    if error.errno == errno.EADDRINUSE:
        # Muster's two ports are neighbours, so the next one is taken by itself.
        free = port + 2 if port + 2 <= 65535 else port - 2
        return f"{host}:{port} is in use. Choose another port: export {setting}={free}"
    said = (error.strerror or str(error)).lower()
    return f"cannot listen on {host}:{port}: {said}. Set {setting}, or {setting.replace('PORT', 'HOST')}."


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class _Impatient(HttpToolsProtocol):
    """Closes a connection whose first request does not begin in time (a body has its own bound)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  # as in uvicorn's own
        super().connection_made(transport)
        self._head = self.loop.call_later(HEAD_S, transport.close)

    def on_headers_complete(self) -> None:
        self._arrived()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._arrived()
        super().connection_lost(exc)

    def _arrived(self) -> None:
        if self._head is not None:
            self._head.cancel()
