"""What follows from the events of a stream; each reaction is safe to repeat."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import structlog

from model.events import RecordedEvent

_LOG = structlog.get_logger()
T = TypeVar("T")

SLOW_S = 1.2
"""Seconds of reading a target after which whoever waits is told that it is being read."""


class Reaction(Protocol):
    """Follows one kind of stream. `news` are the events since the last time, maybe seen before."""

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Bring the outside world to the aggregate's state. May raise; it is then tried again."""
        ...


class Reactions:
    """Finds the reaction of a stream by what stands before its colon; `after` is told of each."""

    def __init__(self, by_kind: Mapping[str, Reaction], after: Callable[[], None] = lambda: None) -> None:
        self._by_kind, self._after = by_kind, after

    async def handle(self, stream: str, news: Sequence[RecordedEvent]) -> None:
        """React to news of a stream; streams nothing reacts to are passed over."""
        kind, _, id = stream.partition(":")
        reaction = self._by_kind.get(kind)
        if reaction is not None:
            await reaction.follow(id, news)
            self._after()


async def soon(work: Awaitable[T], wait_s: float, otherwise: Callable[[], Awaitable[None]]) -> T:
    """What the work gives; when it takes longer than `wait_s` seconds, something else is done beside it."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=wait_s)
    if not done:
        await otherwise()
    return await task
