"""Delivers news and rings timers in one process of a world, as drainer and timers do in production."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from bot.ids import TimerId
from model.events import RecordedEvent
from tests.simulation.durable import AGAIN, TURN, Durable

Follow = Callable[[str, list[RecordedEvent]], Awaitable[None]]
Ring = Callable[[str, Any], Awaitable[None]]

LONGEST_S = 600.0
"""Seconds after which it looks without being told; whatever is written stirs it anyway."""


ROUND_TRIP_S = 0.005
"""Until the journal has said whether the turn is kept."""


class TurnLost(Exception):
    """Another process has the stream or the timer now."""


class Bell:
    """At least once each, one process at a time, until it is stopped.

    twice: whether something is delivered once more although it was done; awake: returns while the process
    is not standing still.
    """

    def __init__(
        self,
        durable: Durable,
        clock: Callable[[], datetime],
        twice: Callable[[], bool],
        awake: Callable[[], Awaitable[None]],
    ) -> None:
        self._durable, self._clock, self._twice, self._stands = durable, clock, twice, awake
        self._awake = asyncio.Event()
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._rests: dict[str, datetime] = {}
        durable.listeners.append(self._awake.set)

    def wake(self, _: str) -> None:
        """There may be news."""
        self._awake.set()

    async def later(self, timer: TimerId, at: datetime) -> None:
        """Ring at a time; the same timer set again rings only then."""
        self._durable.timers[str(timer)] = at
        self._durable.stir()
        self._awake.set()

    async def run(self, follow: Follow, ring: Ring) -> None:
        """Never returns; what raises is tried again after a while, as in production."""
        while True:
            await self._stands()
            self._awake.clear()
            now = self._clock()
            for name in self._durable.journal.news():
                self._begin(f"news:{name}", now, lambda turn, name=name: self._follow(name, follow, turn))
            for key, at in list(self._durable.timers.items()):
                if at <= now:
                    self._begin(f"timer:{key}", now, lambda turn, key=key, at=at: self._ring(key, at, ring))
            due = [at for at in (*self._durable.timers.values(), *self._rests.values()) if at > now]
            waits_s = min([LONGEST_S, *((at - now).total_seconds() for at in due)])
            try:
                async with asyncio.timeout(max(0.01, waits_s)):
                    await self._awake.wait()
            except TimeoutError:
                pass

    def _begin(self, name: str, now: datetime, work: Callable[[object], Awaitable[None]]) -> None:
        if name in self._at_work or self._rests.get(name, now) > now:
            return
        owner = object()
        taken_until = self._durable.take_turn(name, owner)
        if taken_until is not None:
            self._rests[name] = taken_until
            return
        task = asyncio.ensure_future(self._in_turn(name, owner, work(owner)))
        self._at_work[name] = task
        task.add_done_callback(lambda done: self._ended(name, done))

    async def _in_turn(self, name: str, owner: object, work: Awaitable[None]) -> None:
        """As `StreamLock.work`: what lost its turn is stopped at the next sign of life."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({task}, timeout=TURN.total_seconds() / 3))[0]:
                await self._stands()
                await asyncio.sleep(ROUND_TRIP_S)  # meanwhile the work goes on
                if not self._durable.keep_turn(name, owner):
                    raise TurnLost(name)
            await self._stands()
            task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            self._durable.end_turn(name, owner)

    def _ended(self, name: str, done: asyncio.Task[None]) -> None:
        self._at_work.pop(name, None)
        if not done.cancelled() and done.exception() is not None:
            self._rests[name] = self._clock() + AGAIN
        else:
            self._rests.pop(name, None)
        self._awake.set()

    async def _follow(self, name: str, follow: Follow, turn: object) -> None:
        events = self._durable.journal.streams[name]
        known, upto = self._durable.journal.followed.get(name, 0), len(events)
        await follow(name, events[known:upto])
        await self._stands()
        if self._durable.has_turn(f"news:{name}", turn) and not self._twice():
            self._durable.journal.followed[name] = max(upto, known)

    async def _ring(self, key: str, at: datetime, ring: Ring) -> None:
        await ring(key, None)
        await self._stands()
        if self._durable.timers.get(key) == at and not self._twice():
            del self._durable.timers[key]

    def stop(self) -> None:
        """As a killed process: whatever it was doing ends where it stands."""
        self._durable.listeners.remove(self._awake.set)
        for task in self._at_work.values():
            task.cancel()
