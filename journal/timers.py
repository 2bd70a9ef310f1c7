"""Durable timers: the journal holds what is due when, docket rings, a reconciler makes sure of it."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from journal.redis import RedisJournal
from journal.repeated import repeated
from journal.turns import Pace, TurnLost, Turns, at_ms, new_owner
from journal.wire import Script, errors_made_ours
from model.recorded import JournalUnavailable

if TYPE_CHECKING:
    from docket import Docket

RING = Script("ring")
AHEAD = timedelta(minutes=2)  # farther timers wait in the journal until a reconciler brings them to docket
MOST_AT_ONCE = 500

Rung = Callable[[str, JsonValue], Awaitable[None]]

logger = logging.getLogger(__name__)


class Timers:
    """Rings once per timer; again only when the handler failed, or died before it returned.

    The handler gets the timer's key and payload. A timer that is set again or cancelled rings no more at its
    old time.
    """

    def __init__(self, journal: RedisJournal, docket: "Docket", rung: Rung, pace: Pace | None = None) -> None:
        self._wire = journal.wire
        self._keys = journal.keys
        self._turns = Turns(journal.wire, journal.keys, journal.clock, pace or Pace())
        self._docket = docket
        self._rung = rung
        docket.register(self.ring_timer, names=["ring_timer"])

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
            await self._ring_at(key, due_ms, due_ms)

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
        """Bring to docket what is due within two minutes. Raises JournalUnavailable."""
        found = await self._wire.call(
            *("ZRANGE", self._keys.timers, "-inf", self._horizon_ms(), "BYSCORE"),
            *("LIMIT", 0, MOST_AT_ONCE, "WITHSCORES"),
        )
        for key, score in found:
            await self._ring_at(key, int(float(score)), int(float(score)))

    async def _ring_at(self, key: str, due_ms: int, when_ms: int) -> None:
        name = f"timer:{key}:{due_ms}:{when_ms}"
        with errors_made_ours():
            await self._docket.add(self.ring_timer, when=at_ms(when_ms), key=name)(key, due_ms)

    async def ring_timer(self, key: str, due_ms: int) -> None:
        """Ring, unless the timer was changed or another rings it now. Never raises."""
        owner = new_owner()
        try:
            status, *rest = await self._step(key, owner, due_ms, "begin")
            if status == "later":
                await self._ring_at(key, due_ms, int(rest[0]))
            if status == "ring":
                await self._ring(key, owner, due_ms, json.loads(rest[0]))
        except JournalUnavailable as error:
            logger.warning("timer %s: %s; it rings when the journal answers", key, error)
        except TurnLost:
            logger.warning("timer %s took too long without a sign of life; another took over", key)

    async def _ring(self, key: str, owner: str, due_ms: int, payload: JsonValue) -> None:
        name = f"timer:{key}"
        try:
            await self._turns.work(name, owner, self._call(key, payload))
        except asyncio.CancelledError:
            await self._turns.release(name, owner)
            raise
        except TurnLost:
            raise
        except Exception:
            logger.exception("ringing %s failed", key)
            not_before = await self._turns.set_back(name, owner)
            if not_before is not None:
                await self._ring_at(key, due_ms, int(not_before.timestamp() * 1000))
            return
        await self._step(key, owner, due_ms, "end")

    async def _call(self, key: str, payload: JsonValue) -> None:
        await self._rung(key, payload)

    async def _step(self, key: str, owner: str, due_ms: int, step: str) -> Any:
        keys = self._keys
        return await self._wire.run(
            RING,
            [keys.turn(f"timer:{key}"), keys.setbacks, keys.timers, keys.payloads],
            [key, owner, self._turns.life_ms, self._turns.now_ms(), due_ms, step],
        )

    @asynccontextmanager
    async def running(self, every: timedelta = timedelta(seconds=30)) -> AsyncGenerator[None]:
        """Reconcile now and from time to time."""
        async with repeated(self.reconcile, every):
            yield
