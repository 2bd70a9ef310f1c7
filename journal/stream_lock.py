"""Turns: who handles a thing now, so that one process at a time does, and another can take over."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from journal.keys import Keys
from journal.redis_connection import RedisConnection, Script
from model.ports.journal import JournalUnavailable
from model.redaction import redact

TURN = Script("turn")
LONGEST_WHY = 300


class LockLost(Exception):
    """The turn ran out while it was used and may be another's now; the work was stopped."""


@dataclass(frozen=True)
class LockPace:
    """How long a turn lasts without a sign of life, and how long to wait after a failure."""

    life: timedelta = timedelta(seconds=20)
    first_delay: timedelta = timedelta(milliseconds=500)
    longest_delay: timedelta = timedelta(minutes=1)


@dataclass(frozen=True)
class StreamLock:
    """What draining and ringing have in common. Taking a turn is part of their own scripts."""

    wire: RedisConnection
    keys: Keys
    clock: Callable[[], datetime]
    pace: LockPace = field(default_factory=LockPace)

    @property
    def life_ms(self) -> int:
        """How long a turn lasts without being kept."""
        return int(self.pace.life.total_seconds() * 1000)

    def now_ms(self) -> int:
        """Now, in ms since 1970."""
        return int(self.clock().timestamp() * 1000)

    async def work(self, name: str, owner: str, work: Coroutine[Any, Any, None]) -> None:
        """Do the work, keeping the turn while it lasts. Raises LockLost, and what the work raises."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({task}, timeout=self.pace.life.total_seconds() / 3))[0]:
                if not await self._keep(name, owner):
                    raise LockLost(name)
            task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _keep(self, name: str, owner: str) -> bool:
        try:
            return bool(await self._turn(name, owner, "keep", self.life_ms, self.now_ms()))
        except JournalUnavailable:
            return True  # nobody else can take the turn either, and the next look will tell

    async def release(self, name: str, owner: str) -> None:
        """Give the turn back. Raises JournalUnavailable."""
        await self._turn(name, owner, "release")

    async def set_back(self, name: str, owner: str, error: Exception) -> datetime | None:
        """Give the turn back after a failure; the time before which nobody tries again, None when lost.

        The error's words are kept with it, for when it is set aside.

        Raises JournalUnavailable.
        """
        delays = [int(d.total_seconds() * 1000) for d in (self.pace.first_delay, self.pace.longest_delay)]
        why = redact(f"{type(error).__name__}: {error}"[:LONGEST_WHY])
        reply = int(await self._turn(name, owner, "setback", *delays, self.now_ms(), why))
        return at_ms(reply) if reply else None

    async def _turn(self, name: str, owner: str, *what: str | int) -> Any:
        keys = [self.keys.turn(name), self.keys.setbacks, self.keys.dirty, self.keys.begun]
        return await self.wire.run(TURN, keys, [name, owner, *what])


def new_owner() -> str:
    """A name for one go at a turn; never the same twice."""
    return secrets.token_hex(8)


def at_ms(ms: int) -> datetime:
    """The time at so many ms since 1970."""
    return datetime.fromtimestamp(ms / 1000, UTC)
