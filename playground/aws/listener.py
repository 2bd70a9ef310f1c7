"""An ASGI application on a loopback port, inside the loop that is already running."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette

SHUTDOWN_S = 1


class Quiet(uvicorn.Server):
    """A server that leaves the process's signal handlers alone."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Do nothing: the signals belong to the process, not to the playground."""
        yield


def open_socket(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError when the port is taken.

    The protocol is named so that asyncio turns Nagle's algorithm off on what it accepts: without it
    every answer waits 40 ms for the client's delayed acknowledgement.
    """
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen()
    except OSError:
        opened.close()
        raise
    return opened


@asynccontextmanager
async def listen(app: Starlette, host: str, port: int) -> AsyncGenerator[str, None]:
    """Serve until the block ends; yields the URL. Port 0 takes a free one. Raises OSError when taken.

    The socket listens before the server runs, so the first caller may come at once and waits its turn.
    """
    listening = open_socket(host, port)
    actual: int = listening.getsockname()[1]
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    server = Quiet(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://{host}:{actual}"
    finally:
        server.should_exit = True
        await serving
        listening.close()
