"""A web server on one address, that waits for nobody who does not send what they began."""

import asyncio
import contextlib
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


@asynccontextmanager
async def listening(app: Starlette, host: str, port: int, setting: str) -> AsyncGenerator[int]:
    """Serve an application; gives the port (chosen by the system for port 0).

    setting: the variable that moves it, named when the port is taken. Raises OSError.
    """
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
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
    task = asyncio.create_task(
        _served(server, f"cannot listen on {host}:{port}; set {setting} to a free port")
    )
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.005)
    try:
        yield int(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        await task


async def _served(server: uvicorn.Server, taken: str) -> None:
    """Serve to the end; uvicorn ends a start that fails with SystemExit, which says nothing."""
    try:
        await server.serve()
    except SystemExit as ended:
        raise OSError(taken) from ended
    if not server.started:
        raise OSError(taken)


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
