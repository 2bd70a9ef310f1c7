"""The backend of kind `redis`: looks into a cache, and empties it."""

import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

from backends.redis_cache import looks
from backends.redis_cache.target import RedisTarget, target_of
from model.catalog.schema import Service
from model.changes import Change, Flush
from model.health import Health, worst
from model.plan import Delta, Plan, Progress, RiskTier, Step, Warning, fingerprint
from model.ports.backend import BackendError, Fault, Grant
from model.queries import CacheQuery, Query
from model.query_result import QueryResult

VIEWS = ("info", "slowlog", "bigkeys")
TIMEOUT_S = 5.0
SLOWEST = 20
BIGGEST = 20
MOST_SCANNED = 20_000
SCAN_S = 6.0
"""Seconds and keys that a search for big keys may take."""


class RedisCache:
    """Each look is a connection of its own. urls: service id → `redis://user:password@host:port/database`."""

    kind = "redis"
    target = RedisTarget

    def __init__(self, urls: Mapping[str, str], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._urls, self._monotonic = urls, monotonic

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """None of a cloud's: its user needs @read, +info, +slowlog|get, +memory|usage and +flushdb."""
        return ()

    async def reach(self, service: Service) -> None:
        """PING answers. Raises BackendError."""
        async with self._open(service) as redis:
            await redis.ping()

    async def close(self) -> None:
        """Nothing is kept open."""

    async def health(self, service: Service) -> Health:
        """INFO against the thresholds. Raises BackendError."""
        async with self._open(service) as redis:
            info = cast(Mapping[str, Any], await redis.info())
        found = looks.signs(target_of(service), info)
        verdict, reason = worst(found)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=found)

    def offers(self, service: Service, kind: str) -> tuple[str, ...]:
        """What can be looked at."""
        return VIEWS if kind == "cache" else ()

    async def answer(self, service: Service, question: Query, now: datetime) -> QueryResult:
        """One look. Raises BackendError."""
        assert isinstance(question, CacheQuery)
        async with self._open(service) as redis:
            match question.name:
                case "info":
                    return looks.told(target_of(service), await redis.info())
                case "slowlog":
                    return looks.slow(await redis.slowlog_get(SLOWEST))
                case _:
                    return await self._big(redis)

    async def _big(self, redis: Any) -> QueryResult:
        """Size the keys that SCAN gives, until there are no more or it has taken long enough."""
        until = self._monotonic() + SCAN_S
        altogether, scanned, cursor = int(await redis.dbsize()), 0, 0
        found: list[tuple[str, str, int]] = []
        while True:
            cursor, names = cast(tuple[int, list[Any]], await redis.scan(cursor=cursor, count=500))
            asked = redis.pipeline(transaction=False)
            for name in names:
                asked.memory_usage(name)
                asked.type(name)
            answers = cast(list[Any], await asked.execute()) if names else []
            for name, used, kind in zip(names, answers[::2], answers[1::2], strict=True):
                found.append((_text(name), _text(kind), int(used or 0)))
            scanned += len(names)
            found = sorted(found, key=lambda one: -one[2])[:BIGGEST]
            if cursor == 0 or scanned >= MOST_SCANNED or self._monotonic() > until:
                return looks.big(found, scanned, altogether)

    def accepts(self, change: Change) -> bool:
        """Emptying."""
        return isinstance(change, Flush)

    async def plan(self, service: Service, change: Change) -> Plan:
        """How many keys would be lost. Raises BackendError."""
        async with self._open(service) as redis:
            count = int(await redis.dbsize())
        database = self._database(service)
        step = Step(
            call="redis:FLUSHDB", params={"database": database}, says=f"FLUSHDB of database {database}"
        )
        lost = Warning(
            level="warn",
            code="loses-keys",
            text=f"{count:,} keys are lost, and what they spared has to be made again: expect load.",
        )
        return Plan(
            service=service.id,
            change=change,
            deltas=(Delta(what="keys", before=f"{count:,}", after=f"0 (database {database})"),),
            steps=(step,) if count else (),
            cautions=(lost,) if count else (),
            tier=RiskTier.R3,
            others=2,
            size=count,
            fingerprint=_mark(service, database),
            goal={"database": database},
            undo="Cannot be undone: the keys are gone.",
        )

    async def fingerprint(self, service: Service) -> str:
        """Of which database it is; keys come and go by themselves."""
        return _mark(service, self._database(service))

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """FLUSHDB ASYNC. Raises BackendError."""
        async with self._open(service) as redis:
            await redis.flushdb(asynchronous=True)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """Whether it is empty; keys that are there may be new ones, so then it cannot be told."""
        async with self._open(service) as redis:
            return True if int(await redis.dbsize()) == 0 else None

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """It is done when it answers; new keys come at once."""
        async with self._open(service) as redis:
            left = int(await redis.dbsize())
        yield Progress(ok=True, last_event=f"Emptied; {left:,} new keys since.")

    def _url(self, service: Service) -> str:
        if service.id not in self._urls:
            raise BackendError(
                Fault.INVALID,
                f"Nobody has told where {service.id} is.",
                f"Set MUSTER_REDIS_URLS to have an address for {service.id}.",
            )
        return self._urls[service.id]

    def _database(self, service: Service) -> int:
        named = urlsplit(self._url(service)).path.strip("/")
        return int(named) if named.isdecimal() else 0

    @asynccontextmanager
    async def _open(self, service: Service) -> AsyncGenerator[Any]:
        """Connect for the length of the block. Raises BackendError."""
        from redis.asyncio import Redis
        from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

        url = self._url(service)
        place = f"{urlsplit(url).hostname}:{urlsplit(url).port or 6379}"
        made = cast(Any, Redis).from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S)
        try:
            yield made
        except (AuthenticationError, NoPermissionError) as error:
            what = f"Redis at {place} does not let Muster do that: {error}."
            raise BackendError(Fault.DENIED, what, "Check its user in MUSTER_REDIS_URLS.") from error
        except (RedisError, OSError, TimeoutError) as error:
            what = f"Redis at {place} cannot be reached: {error}."
            raise BackendError(Fault.UNREACHABLE, what, "Check that it runs.", sent=True) from error
        finally:
            await made.aclose()


def _mark(service: Service, database: int) -> str:
    return fingerprint({"service": service.id, "database": database})


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
