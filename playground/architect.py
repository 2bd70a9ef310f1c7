"""The real servers of the Architect system: its PostgreSQL, its Redis and the Prometheus that watches it.

They are the system's own programs. One that is not installed is left out, and `missing` says how to get it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from playground import postgres, prometheus, redis_target
from playground.postgres import PostgresServer, RunningPostgres
from playground.programs import NotHere, WouldNotStart
from playground.prometheus import PrometheusServer
from playground.redis_target import RedisServer, RunningRedis
from playground.traffic import PODS

_T = TypeVar("_T")


@dataclass(frozen=True)
class Servers:
    """Running servers, which may be lived in by turns. None: not wanted, or not here.

    missing: for each that is not here, a line that says why and how to get it.
    """

    postgres: PostgresServer | None = None
    redis: RedisServer | None = None
    prometheus: PrometheusServer | None = None
    missing: tuple[str, ...] = ()


NONE = Servers()


@dataclass(frozen=True)
class RunningArchitect:
    """The same servers with everything in them as new, and clients at work."""

    postgres: RunningPostgres | None = None
    redis: RunningRedis | None = None
    prometheus: PrometheusServer | None = None
    missing: tuple[str, ...] = ()

    def settings(self) -> dict[str, dict[str, str]]:
        """What a Muster is told, by the names of its settings. Empty for what is not here."""
        return {
            "postgres_urls": {postgres.SERVICE: self.postgres.dsn} if self.postgres else {},
            "redis_urls": {redis_target.SERVICE: self.redis.url} if self.redis else {},
            "prometheus_overrides": {prometheus.SERVICE: self.prometheus.url} if self.prometheus else {},
        }


@dataclass
class _Starting:
    """What starts, all at once, and why some of it did not."""

    stack: AsyncExitStack
    missing: list[str] = field(default_factory=list[str])

    async def enter(self, name: str, server: AbstractAsyncContextManager[_T]) -> _T | None:
        """The server, or None with a line in `missing`."""
        try:
            return await self.stack.enter_async_context(server)
        except (NotHere, WouldNotStart) as reason:
            self.missing.append(f"{name}: {reason}")
            return None


@asynccontextmanager
async def started(now: Callable[[], datetime], pods: Sequence[str] = PODS) -> AsyncGenerator[Servers]:
    """Start what is installed, all at once; takes a second or two. now: the clock, aware."""
    async with AsyncExitStack() as stack:
        starting = _Starting(stack)
        found = await _together(
            starting.enter("PostgreSQL", postgres.started()),
            starting.enter("Redis", redis_target.started()),
            starting.enter("Prometheus", prometheus.started(now, pods=pods)),
        )
        yield Servers(found[0], found[1], found[2], tuple(starting.missing))


async def _together(*opening: Any) -> list[Any]:
    """Everything, or the first failure once nothing is being opened any more."""
    found = await asyncio.gather(*opening, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return found


@asynccontextmanager
async def furnished(
    servers: Servers, is_bad: Callable[[], bool], comes_back_s: float | None = None
) -> AsyncGenerator[RunningArchitect]:
    """Everything in them as new until the block ends, whatever was done before.

    is_bad: whether the API fails now. comes_back_s: after how many seconds idle database clients that were
    put out come again; None is never.
    """
    async with AsyncExitStack() as stack:
        here = RunningArchitect(missing=servers.missing)
        if servers.postgres:
            house = postgres.furnished(servers.postgres, comes_back_s)
            lived_in = await stack.enter_async_context(house)
            here = replace(here, postgres=lived_in)
        if servers.redis:
            here = replace(here, redis=await stack.enter_async_context(redis_target.furnished(servers.redis)))
        if servers.prometheus:
            watching = prometheus.furnished(servers.prometheus, is_bad)
            here = replace(here, prometheus=await stack.enter_async_context(watching))
        yield here
