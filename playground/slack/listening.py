"""Serving an ASGI app inside the running loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette


@asynccontextmanager
async def listening(app: Starlette, host: str, port: int) -> AsyncGenerator[str, None]:
    """Serve an ASGI app in this loop until the block ends; gives its URL.

    Raises OSError if the port is taken: bound here, because uvicorn would end the process.
    """
    bound = socket.create_server((host, port))
    options = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
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
        bound.close()


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

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals alone."""
        yield
