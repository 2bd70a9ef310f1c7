"""An ASGI application on a loopback port, inside the loop that is already running."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class PortTaken(OSError):
    """Somebody else listens there; says where."""


@asynccontextmanager
async def listening(
    app: Starlette, host: str = "127.0.0.1", port: int = 0, *, with_sockets: bool = False
) -> AsyncGenerator[str, None]:
    """Serve until the block ends; gives the URL. Port 0 takes a free one. with_sockets: WebSocket as well.

    Raises PortTaken, or OSError: bound here, because uvicorn would end the process.
    """
    with _bound(host, port) as bound:
        options = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws=_Socket if with_sockets else "none",
            timeout_graceful_shutdown=1,
        )
        server = _Server(options)
        task = asyncio.create_task(server.serve(sockets=[bound]))
        try:
            while not server.started and not task.done():
                await asyncio.sleep(0.005)
            yield f"http://{host}:{bound.getsockname()[1]}"
        finally:
            server.stop.set()
            await task


def _bound(host: str, port: int) -> socket.socket:
    """A listening socket.

    The protocol is named so that asyncio turns Nagle's algorithm off on what it accepts: without it
    every answer waits 40 ms for the client's delayed acknowledgement.
    """
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen()
    except OSError as error:
        opened.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(f"{host}:{port}") from error
        raise
    return opened


class _Server(uvicorn.Server):
    """uvicorn that stops at once when it is told to, and leaves signals to the program around it."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stop = asyncio.Event()

    async def main_loop(self) -> None:
        """Keep the Date header fresh until the stop."""
        while not self.stop.is_set():
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self.stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Only answers that are under way are waited for."""
        if self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals alone."""
        yield


class _Socket(WebSocketsSansIOProtocol):
    """Says goodbye at a stop only to whom has not said it.

    uvicorn's own sends a close to every connection that it has not lost yet. One whose close has just come
    takes none any more: that raised InvalidState out of the stop.
    """

    def shutdown(self) -> None:
        self.stop_keepalive()
        if not self.transport.is_closing():
            super().shutdown()
