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


@asynccontextmanager
async def listen(app: Starlette, host: str, port: int) -> AsyncGenerator[str, None]:
    """Serve until the block ends; yields the URL. Port 0 takes a free one. Raises OSError when taken.

    The socket listens before the server runs, so the first caller may come at once and waits its turn.
    """
    listening = socket.create_server((host, port))
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
