"""What outlives a crash: the journal, its timers and its news, kept in memory on the world's clock."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from bot.ids import TimerId
from journal.memory import MemoryJournal, MemoryLeases, MemoryPosts
from model.events import RecordedEvent
from model.ports.journal import Commit, Committed, Conflict, Duplicate, JournalUnavailable
from tests.simulation.faults import Faults

AGAIN = timedelta(seconds=5)


class DurableJournal(MemoryJournal):
    """A journal that is away now and then, and that remembers which streams have news."""

    def __init__(self, faults: Faults) -> None:
        super().__init__()
        self._faults = faults
        self.followed: dict[str, int] = {}

    async def commit(self, commit: Commit) -> Committed | Duplicate | Conflict:
        """As the port; an answer may be lost after all is written, and then nobody knows."""
        await asyncio.sleep(self._faults.dice.uniform(0, 0.01))
        done = await super().commit(commit)
        if self._faults.happens(self._faults.journal_pauses / 10):
            raise JournalUnavailable("the answer was lost")
        return done

    def news(self) -> list[str]:
        """Streams that somebody has yet to follow."""
        return [name for name, events in self.streams.items() if len(events) > self.followed.get(name, 0)]


class Durable:
    """Everything that a new process finds."""

    def __init__(self, faults: Faults, clock: Callable[[], datetime]) -> None:
        self.journal = DurableJournal(faults)
        self.leases = MemoryLeases(clock)
        self.posts = MemoryPosts()
        self.timers: dict[str, datetime] = {}


class Bell:
    """Delivers news and rings timers in one process, at least once each, until it is stopped."""

    def __init__(self, durable: Durable, clock: Callable[[], datetime], twice: Callable[[], bool]) -> None:
        self._durable, self._clock, self._twice = durable, clock, twice
        self._awake = asyncio.Event()
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._rests: dict[str, datetime] = {}

    def wake(self, _: str) -> None:
        """There may be news."""
        self._awake.set()

    async def later(self, timer: TimerId, at: datetime) -> None:
        """Ring at a time; the same timer set again rings only then."""
        self._durable.timers[str(timer)] = at
        self._awake.set()

    async def run(
        self,
        follow: Callable[[str, list[RecordedEvent]], Awaitable[None]],
        ring: Callable[[str, Any], Awaitable[None]],
    ) -> None:
        """Never returns; what raises is tried again after a while, as in production."""
        while True:
            self._awake.clear()
            now = self._clock()
            for name in self._durable.journal.news():
                self._begin(f"news:{name}", now, lambda name=name: self._follow(name, follow))
            for key, at in list(self._durable.timers.items()):
                if at <= now:
                    self._begin(f"timer:{key}", now, lambda key=key, at=at: self._ring(key, at, ring))
            due = [at for at in (*self._durable.timers.values(), *self._rests.values()) if at > now]
            waits_s = min([15.0, *((at - now).total_seconds() for at in due)])
            try:
                async with asyncio.timeout(max(0.01, waits_s)):
                    await self._awake.wait()
            except TimeoutError:
                pass

    def _begin(self, name: str, now: datetime, work: Callable[[], Awaitable[None]]) -> None:
        if name in self._at_work or self._rests.get(name, now) > now:
            return
        task = asyncio.ensure_future(work())
        self._at_work[name] = task
        task.add_done_callback(lambda done: self._ended(name, done))

    def _ended(self, name: str, done: asyncio.Task[None]) -> None:
        self._at_work.pop(name, None)
        if not done.cancelled() and done.exception() is not None:
            self._rests[name] = self._clock() + AGAIN
            self.failed = done.exception()
        self._awake.set()

    async def _follow(self, name: str, follow: Callable[[str, list[RecordedEvent]], Awaitable[None]]) -> None:
        events = self._durable.journal.streams[name]
        known, upto = self._durable.journal.followed.get(name, 0), len(events)
        await follow(name, events[known:upto])
        if not self._twice():
            self._durable.journal.followed[name] = upto

    async def _ring(self, key: str, at: datetime, ring: Callable[[str, Any], Awaitable[None]]) -> None:
        await ring(key, None)
        if self._durable.timers.get(key) == at and not self._twice():
            del self._durable.timers[key]

    def stop(self) -> None:
        """As a killed process: whatever it was doing ends where it stands."""
        for task in self._at_work.values():
            task.cancel()
