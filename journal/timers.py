"""Durable timers: the journal holds what is due when; every replica looks, and one of them rings."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from pydantic import JsonValue

from journal.aside import Told, tell_nobody
from journal.redis import RedisJournal
from journal.redis_connection import Script
from journal.repeated import repeated
from journal.stream_lock import LockLost, LockPace, StreamLock, at_ms, new_owner
from model.ports.journal import JournalUnavailable

FIRE = Script("fire")
AHEAD = timedelta(minutes=2)  # farther timers wait in the journal until a look finds them
MOST_AT_ONCE = 500
MOST_AT_WORK = 50
GRACE_S = 5.0

OnFired = Callable[[str, JsonValue], Awaitable[None]]

logger = logging.getLogger(__name__)


class Timers:
    """Rings once per timer; again only when the handler failed, or died before it returned.

    The handler gets the timer's key and payload. A timer that is set again or cancelled rings no more at its
    old time.
    """

    def __init__(
        self, journal: RedisJournal, fired: OnFired, pace: LockPace | None = None, aside: Told = tell_nobody
    ) -> None:
        self._wire = journal.wire
        self._keys = journal.keys
        self._turns = StreamLock(journal.wire, journal.keys, journal.clock, pace or LockPace())
        self._fired, self._aside = fired, aside
        self._waiting: dict[str, tuple[int, asyncio.TimerHandle]] = {}
        self._at_work: dict[str, asyncio.Task[None]] = {}
        self._works = False

    async def set(self, key: str, at: datetime, payload: JsonValue = None) -> None:
        """Ring at a time (to the ms; at once when it is past). Raises JournalUnavailable."""
        due_ms = int(at.timestamp() * 1000)
        await self._wire.together(
            [
                ("HSET", self._keys.payloads, key, json.dumps(payload)),
                ("ZADD", self._keys.timers, due_ms, key),
            ]
        )
        if due_ms <= self._horizon_ms():
            self._ring_at(key, due_ms, due_ms)

    async def cancel(self, key: str) -> None:
        """Ring no more; nothing happens when there is no such timer. Raises JournalUnavailable."""
        await self._wire.together(
            [("ZREM", self._keys.timers, key), ("HDEL", self._keys.payloads, key)],
        )

    async def due(self, key: str) -> datetime | None:
        """When a timer will ring; None when there is none. Raises JournalUnavailable."""
        score = await self._wire.call("ZSCORE", self._keys.timers, key)
        return None if score is None else at_ms(int(float(score)))

    def _horizon_ms(self) -> int:
        return self._turns.now_ms() + int(AHEAD.total_seconds() * 1000)

    async def reconcile(self) -> None:
        """Look at what is due within two minutes. Raises JournalUnavailable."""
        found = await self._wire.call(
            *("ZRANGE", self._keys.timers, "-inf", self._horizon_ms(), "BYSCORE"),
            *("LIMIT", 0, MOST_AT_ONCE, "WITHSCORES"),
        )
        for key, score in found:
            self._ring_at(key, int(float(score)), int(float(score)))

    def _ring_at(self, key: str, due_ms: int, when_ms: int) -> None:
        """Ring here then, if this replica rings; what was waiting for another time waits no more."""
        known = self._waiting.get(key)
        if not self._works or (known is not None and known[0] == when_ms > self._turns.now_ms()):
            return
        if known is not None:
            known[1].cancel()
        wait_s = max(0.0, (when_ms - self._turns.now_ms()) / 1000)
        loop = asyncio.get_running_loop()
        self._waiting[key] = (when_ms, loop.call_later(wait_s, self._begin, key, due_ms))

    def _begin(self, key: str, due_ms: int) -> None:
        self._waiting.pop(key, None)
        if not self._works or key in self._at_work or len(self._at_work) >= MOST_AT_WORK:
            return  # the next look finds it still due
        task = asyncio.create_task(self.ring_timer(key, due_ms), name=f"timer {key}")
        self._at_work[key] = task
        task.add_done_callback(lambda _: self._at_work.pop(key, None))

    async def ring_timer(self, key: str, due_ms: int) -> None:
        """Ring, unless the timer was changed or another rings it now. Never raises."""
        owner = new_owner()
        try:
            status, *rest = await self._step(key, owner, due_ms, "begin")
            if status == "later":
                self._ring_at(key, due_ms, int(rest[0]))
            if status == "aside":
                await self._aside(f"timer:{key}", str(rest[0]))
            if status == "ring":
                await self._ring(key, owner, due_ms, _payload(rest[0]))
        except JournalUnavailable as error:
            logger.warning("timer %s: %s; it rings when the journal answers", key, error)
        except LockLost:
            logger.warning("timer %s took too long without a sign of life; another took over", key)

    async def _ring(self, key: str, owner: str, due_ms: int, payload: JsonValue) -> None:
        name = f"timer:{key}"
        try:
            await self._turns.work(name, owner, self._call(key, payload))
        except asyncio.CancelledError:
            await self._turns.release(name, owner)
            raise
        except LockLost:
            raise
        except Exception as error:
            logger.exception("ringing %s failed", key)
            not_before = await self._turns.set_back(name, owner, error)
            if not_before is not None:
                self._ring_at(key, due_ms, int(not_before.timestamp() * 1000))
            return
        await self._step(key, owner, due_ms, "end")

    async def _call(self, key: str, payload: JsonValue) -> None:
        await self._fired(key, payload)

    async def _step(self, key: str, owner: str, due_ms: int, step: str) -> Any:
        keys = self._keys
        return await self._wire.run(
            FIRE,
            [
                *(keys.turn(f"timer:{key}"), keys.setbacks, keys.timers, keys.payloads),
                *(keys.begun, keys.aside),
            ],
            [key, owner, self._turns.life_ms, self._turns.now_ms(), due_ms, step],
        )

    @asynccontextmanager
    async def running(self, every: timedelta = timedelta(seconds=30)) -> AsyncGenerator[None]:
        """Ring here from now on; at the end what is at work has five seconds to finish."""
        self._works = True
        try:
            async with repeated(self.reconcile, every):
                yield
        finally:
            self._works = False
            for _, waiting in self._waiting.values():
                waiting.cancel()
            self._waiting.clear()
            tasks = list(self._at_work.values())
            if tasks:
                await asyncio.wait(tasks, timeout=GRACE_S)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def _payload(text: object) -> JsonValue:
    """What was kept with a timer; nothing where it cannot be read, as every timer can do without."""
    try:
        return json.loads(str(text))
    except ValueError:
        logger.error("a timer's payload is no JSON, and is left out")
        return None
