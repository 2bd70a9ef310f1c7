"""The clients that are always in the Architect system's database: idle ones, a long query, two that wait."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from playground.postgres_client import Client, Refused, connect

POOL = "architect-api"
REPORTS = "architect-reports"
MIGRATIONS = "architect-migrations"
IDLE = 4
MIGRATION_LOCK = 815
LONG_QUERY = "SELECT * FROM usage_report(3600000)"
_IDLE_LAST = "SELECT id, title FROM dashboards WHERE owner_id = {n} ORDER BY title LIMIT 20"
_WAIT_S = 10


@dataclass
class Visitors:
    """Process ids as pg_stat_activity has them. `waiting` waits for a lock that `holding` holds."""

    idle: list[int]
    reporting: int
    holding: int
    waiting: int


@dataclass
class _House:
    """Who is in, to be shown the door at the end."""

    dsn: str
    clients: list[Client] = field(default_factory=list[Client])
    tasks: list["asyncio.Task[Any]"] = field(default_factory=list["asyncio.Task[Any]"])

    async def client(self, name: str) -> Client:
        """One more."""
        connection = await connect(self.dsn, name)
        self.clients.append(connection)
        return connection

    async def idle(self, n: int) -> Client:
        """One that has asked something, and waits for what it will ask next."""
        connection = await self.client(POOL)
        await connection.execute(_IDLE_LAST.format(n=n))
        return connection

    async def leave(self) -> None:
        """Everyone hangs up."""
        for task in self.tasks:
            task.cancel()
        for connection in self.clients:
            connection.terminate()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@asynccontextmanager
async def visiting(dsn: str, comes_back_s: float | None = None) -> AsyncGenerator[Visitors]:
    """Hold the clients until the block ends.

    comes_back_s: after how many seconds the pool opens anew what was closed; None is never.
    """
    house = _House(dsn)
    try:
        pool = [await house.idle(n) for n in range(1, IDLE + 1)]
        holder = await house.client(MIGRATIONS)
        await holder.execute(f"BEGIN; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        waiter, reporter = await house.client(MIGRATIONS), await house.client(REPORTS)
        wait = waiter.execute(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        house.tasks += [asyncio.create_task(wait), asyncio.create_task(reporter.execute(LONG_QUERY))]
        visitors = Visitors(
            [one.get_server_pid() for one in pool],
            reporter.get_server_pid(),
            holder.get_server_pid(),
            waiter.get_server_pid(),
        )
        await _until_at_work(dsn, visitors)
        if comes_back_s is not None:
            house.tasks.append(asyncio.create_task(_refill(house, pool, visitors, comes_back_s)))
        yield visitors
    finally:
        await house.leave()


async def _refill(house: _House, pool: list[Client], visitors: Visitors, every_s: float) -> None:
    """Open what was closed, as a connection pool does; a database that is away is tried again."""
    while True:
        await asyncio.sleep(every_s)
        with suppress(*Refused):
            for n, connection in enumerate(pool):
                if connection.is_closed():
                    pool[n] = await house.idle(n + 1)
                    visitors.idle[n] = pool[n].get_server_pid()


async def _until_at_work(dsn: str, visitors: Visitors) -> None:
    """Wait until the server has begun what the two were told to do."""
    active = """
        SELECT count(*) FROM pg_stat_activity
        WHERE state = 'active' AND wait_event IS NOT NULL AND pid = ANY($1)
    """
    looking = await connect(dsn)
    try:
        async with asyncio.timeout(_WAIT_S):
            while await looking.fetchval(active, [visitors.waiting, visitors.reporting]) < 2:
                await asyncio.sleep(0.01)
    finally:
        await looking.close()
