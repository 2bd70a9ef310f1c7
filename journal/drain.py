"""Reactions: hands every new event of every stream to a handler, in order, never skipping one.

Right after a commit, `wake` drains in this process. Whatever that leaves undone, because the process died or
the handler failed, stays in `dirty`, where each replica looks every few seconds; one of them has the turn.
What was begun three times without an end, or failed again and again, is set aside and told to the operators.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from journal.answers import recorded
from journal.aside import Told, tell_nobody
from journal.redis import RedisJournal
from journal.redis_connection import Script
from journal.repeated import repeated
from journal.stream_lock import LockLost, LockPace, StreamLock, at_ms, new_owner
from model.events import RecordedEvent
from model.ports.journal import JournalUnavailable

DRAIN = Script("drain")
BATCH = 100
MOST_AT_WORK = 50

Handle = Callable[[str, list[RecordedEvent]], Awaitable[None]]

logger = logging.getLogger(__name__)


class Drainer:
    """Drains dirty streams.

    The handler gets a stream and up to 100 new events, oldest first. The stream's cursor moves when it
    returns; when it raises or its process dies, it gets the same events again (and perhaps newer ones), so
    its effects must be safe to repeat. At most one handler works on a stream, over all replicas.
    """

    def __init__(
        self, journal: RedisJournal, handle: Handle, pace: LockPace | None = None, aside: Told = tell_nobody
    ) -> None:
        self._wire = journal.wire
        self._keys = journal.keys
        self._turns = StreamLock(journal.wire, journal.keys, journal.clock, pace or LockPace())
        self._handle = handle
        self._aside = aside
        self._later: dict[str, asyncio.TimerHandle] = {}
        self._draining: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._is_closed = False

    def wake(self, stream: str) -> None:
        """Say that a stream has new events; call it right after the commit. Returns at once."""
        if stream in self._draining:
            self._again.add(stream)  # its last look may lie before this commit
            return
        task = asyncio.create_task(self._drain_while_woken(stream), name=f"drain {stream}")
        self._draining[stream] = task

    async def _drain_while_woken(self, stream: str) -> None:
        try:
            await self.drain_stream(stream)
            while stream in self._again:
                self._again.discard(stream)
                await self.drain_stream(stream)
        finally:
            self._again.discard(stream)
            del self._draining[stream]

    async def drain_stream(self, stream: str) -> None:
        """Hand over all unhandled events of a stream, unless another does so now. Never raises."""
        owner = new_owner()
        try:
            await self._drain(stream, owner)
        except JournalUnavailable as error:
            logger.warning("draining %s stopped: %s; it goes on when the journal answers", stream, error)
        except LockLost:
            logger.warning("draining %s took too long without a sign of life; another took over", stream)

    async def _drain(self, stream: str, owner: str) -> None:
        handled: list[int] = []
        while True:
            keys = self._keys
            reply = await self._wire.run(
                DRAIN,
                [
                    *(keys.turn(f"drain:{stream}"), keys.setbacks, keys.cursors, keys.dirty),
                    *(keys.stream(stream), keys.begun, keys.aside),
                ],
                [stream, owner, self._turns.life_ms, self._turns.now_ms(), BATCH, *handled],
            )
            if reply[0] == "later":
                self._drain_at(stream, at_ms(int(reply[1])))
            if reply[0] == "aside":
                await self._aside(f"drain:{stream}", str(reply[1]))
            if reply[0] == "lost":
                raise LockLost(stream)
            if reply[0] != "events":
                return
            events = [recorded(stream, id_, _fields(flat)) for id_, flat in reply[1]]
            if not await self._handed_over(stream, owner, events):
                return
            handled = [events[-1].version]

    async def _handed_over(self, stream: str, owner: str, events: list[RecordedEvent]) -> bool:
        name = f"drain:{stream}"
        try:
            await self._turns.work(name, owner, _coroutine(self._handle(stream, events)))
        except asyncio.CancelledError:
            await self._turns.release(name, owner)
            raise
        except LockLost:
            raise
        except Exception as error:
            logger.exception("reacting to %s failed at version %d", stream, events[0].version)
            not_before = await self._turns.set_back(name, owner, error)
            if not_before is not None:
                self._drain_at(stream, not_before)
            return False
        return True

    def _drain_at(self, stream: str, at: datetime) -> None:
        """Try again here then; another replica, or a look at `dirty`, may be sooner."""
        wait_s = max(0.0, (int(at.timestamp() * 1000) - self._turns.now_ms()) / 1000)
        if (waiting := self._later.pop(stream, None)) is not None:
            waiting.cancel()
        if not self._is_closed:
            self._later[stream] = asyncio.get_running_loop().call_later(wait_s, self._wake_later, stream)

    def _wake_later(self, stream: str) -> None:
        self._later.pop(stream, None)
        if stream not in self._draining:
            self.wake(stream)

    async def reconcile(self) -> None:
        """Drain every stream that nobody looks after, so many at once. Raises JournalUnavailable."""
        room = MOST_AT_WORK - len(self._draining)
        if room <= 0:
            return
        found = await self._wire.call(
            "ZRANGE", self._keys.dirty, "-inf", self._turns.now_ms(), "BYSCORE", "LIMIT", 0, room
        )
        for stream in found:
            if stream not in self._draining:
                self.wake(stream)

    @asynccontextmanager
    async def running(self, every: timedelta = timedelta(seconds=5)) -> AsyncGenerator[None]:
        """Reconcile now and from time to time; at the end stop draining and give back the turns."""
        async with repeated(self.reconcile, every):
            yield
        self._is_closed = True
        for waiting in self._later.values():
            waiting.cancel()
        tasks = list(self._draining.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _coroutine(awaitable: Awaitable[None]) -> None:
    await awaitable


def _fields(flat: list[str]) -> dict[str, str]:
    return dict(zip(flat[::2], flat[1::2], strict=True))
