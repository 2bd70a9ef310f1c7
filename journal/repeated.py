"""Steps that are done again and again while something is open."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from model.ports.journal import JournalUnavailable

logger = logging.getLogger(__name__)


@asynccontextmanager
async def repeated(step: Callable[[], Awaitable[None]], every: timedelta) -> AsyncGenerator[None]:
    """Do a step now and from time to time; when the journal is away, or the disk full, wait for the next."""
    leaving = asyncio.Event()  # cancelling alone is not enough: some libraries swallow it on Python 3.11

    async def loop() -> None:
        while not leaving.is_set():
            try:
                await step()
            except (JournalUnavailable, OSError, ValueError) as error:
                logger.warning("%s; trying again in %s", error, every)
            with suppress(TimeoutError):
                async with asyncio.timeout(every.total_seconds()):
                    await leaving.wait()

    task = asyncio.create_task(loop())
    try:
        yield
    finally:
        leaving.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
