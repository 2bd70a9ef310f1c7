"""What outlives a crash: the journal, its timers, its news and its turns, in memory, on the world's clock."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from journal.memory import MemoryJournal, MemoryLeases, MemoryPosts
from model.ports.journal import Commit, Committed, Conflict, Duplicate, JournalUnavailable
from tests.simulation.faults import Faults

AGAIN = timedelta(seconds=5)
"""How often production looks for what nobody woke it for."""

TURN = timedelta(seconds=20)
"""How long a turn lasts without a sign of life, as `journal.stream_lock.LockPace` has it."""


class DurableJournal(MemoryJournal):
    """A journal that is away now and then, and that remembers which streams have news."""

    def __init__(self, faults: Faults, stir: Callable[[], None]) -> None:
        super().__init__()
        self._faults, self._stir = faults, stir
        self.followed: dict[str, int] = {}

    async def commit(self, commit: Commit) -> Committed | Duplicate | Conflict:
        """As the port; an answer may be lost after all is written, and then nobody knows."""
        await asyncio.sleep(self._faults.dice.uniform(0, 0.01))
        done = await super().commit(commit)
        self._stir()
        if self._faults.happens(self._faults.journal_pauses / 10):
            raise JournalUnavailable("the answer was lost")
        return done

    def news(self) -> list[str]:
        """Streams that somebody has yet to follow."""
        return [name for name, events in self.streams.items() if len(events) > self.followed.get(name, 0)]

    @property
    def ids(self) -> dict[str, int]:
        """Kind → how many ids of it were given out."""
        return dict(self._ids)

    @property
    def lists(self) -> dict[str, set[str]]:
        """Each sorted set of the journal with its members."""
        return {name: set(keys) for name, keys in self._ordered.items() if keys}


class Durable:
    """Everything that a new process finds. Whoever is in `listeners` hears of news within `AGAIN`."""

    def __init__(self, faults: Faults, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.journal = DurableJournal(faults, self.stir)
        self.leases = MemoryLeases(clock)
        self.posts = MemoryPosts()
        self.timers: dict[str, datetime] = {}
        self.listeners: list[Callable[[], None]] = []
        self._turns: dict[str, tuple[object, datetime]] = {}

    def stir(self) -> None:
        """Something was written that a process may not be told of."""
        asyncio.get_running_loop().call_later(AGAIN.total_seconds(), self._heard)

    def _heard(self) -> None:
        for listener in self.listeners:
            listener()

    def take_turn(self, name: str, owner: object) -> datetime | None:
        """Take the turn of a stream or a timer; until when another has it, if one has."""
        held = self._turns.get(name)
        if held is not None and held[0] is not owner and held[1] > self._clock():
            return held[1]
        self._turns[name] = (owner, self._clock() + TURN)
        return None

    def has_turn(self, name: str, owner: object) -> bool:
        """Whether the turn is still this owner's."""
        held = self._turns.get(name)
        return held is not None and held[0] is owner and held[1] > self._clock()

    def keep_turn(self, name: str, owner: object) -> bool:
        """A sign of life; False when it is another's, or ran out."""
        if not self.has_turn(name, owner):
            return False
        self._turns[name] = (owner, self._clock() + TURN)
        return True

    def end_turn(self, name: str, owner: object) -> None:
        """Give it back, if it is still this owner's."""
        if self.has_turn(name, owner):
            del self._turns[name]
