"""What follows from the events of a stream; each reaction is safe to repeat."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from bot.ids import TimerId
from model.events import RecordedEvent

T = TypeVar("T")

SLOW_S = 1.2
"""Seconds of reading a target after which whoever waits is told that it is being read."""


class Reaction(Protocol):
    """Follows one kind of stream. `news` are the events since the last time, maybe seen before."""

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Bring the outside world to the aggregate's state. May raise; it is then tried again."""
        ...


class Each:
    """Several that follow the same streams, one after the other."""

    def __init__(self, *reactions: Reaction) -> None:
        self._reactions = reactions

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Whichever raises, all see the news again: each is safe to repeat."""
        for one in self._reactions:
            await one.follow(id, news)


Later = Callable[[TimerId, datetime], Awaitable[None]]
"""Sets a durable timer, and when it is due. May raise JournalUnavailable."""

Timer = Callable[[str], Awaitable[None]]
"""Follows a timer that went off, by the id in its key. May raise; it then goes off again."""


@dataclass(frozen=True)
class Feature:
    """What a feature of Muster follows: streams by their kind, and timers by theirs.

    beside: streams that another feature reacts to; quick, as that one's news wait for it.
    """

    reactions: Mapping[str, Reaction] = field(default_factory=dict[str, Reaction])
    timers: Mapping[str, Timer] = field(default_factory=dict[str, Timer])
    beside: Mapping[str, Reaction] = field(default_factory=dict[str, Reaction])


async def soon(work: Awaitable[T], wait_s: float, otherwise: Callable[[], Awaitable[None]]) -> T:
    """What the work gives; when it takes longer than `wait_s` seconds, something else is done beside it."""
    task = asyncio.ensure_future(work)
    done, _ = await asyncio.wait({task}, timeout=wait_s)
    if not done:
        await otherwise()
    return await task
