"""The clients that are always in the Architect system's database: idle ones, a long query, two that wait."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playground.postgres_client import Client, connect

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

    idle: list[int] = field(default_factory=list[int])
    reporting: int = 0
    holding: int = 0
    waiting: int = 0


@asynccontextmanager
async def visiting(dsn: str) -> AsyncGenerator[Visitors]:
    """Hold the clients until the block ends. A client that is put out does not come again."""
    open_ones: list[Client] = []
    tasks: list[asyncio.Task[str]] = []

    async def client(name: str) -> Client:
        connection = await connect(dsn, name)
        open_ones.append(connection)
        return connection

    try:
        visitors = Visitors()
        for n in range(1, IDLE + 1):
            idle = await client(POOL)
            await idle.execute(_IDLE_LAST.format(n=n))
            visitors.idle.append(idle.get_server_pid())
        holder = await client(MIGRATIONS)
        await holder.execute(f"BEGIN; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        visitors.holding = holder.get_server_pid()
        waiter, reporter = await client(MIGRATIONS), await client(REPORTS)
        visitors.waiting, visitors.reporting = waiter.get_server_pid(), reporter.get_server_pid()
        wait = f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
        tasks += [
            asyncio.create_task(waiter.execute(wait)),
            asyncio.create_task(reporter.execute(LONG_QUERY)),
        ]
        await _until_at_work(await client("psql"), visitors)
        await open_ones.pop().close()
        yield visitors
    finally:
        for connection in open_ones:
            connection.terminate()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until_at_work(looking: Client, visitors: Visitors) -> None:
    """Wait until the server has begun what the two were told to do."""
    active = """
        SELECT count(*) FROM pg_stat_activity
        WHERE state = 'active' AND wait_event IS NOT NULL AND pid = ANY($1)
    """
    async with asyncio.timeout(_WAIT_S):
        while await looking.fetchval(active, [visitors.waiting, visitors.reporting]) < 2:
            await asyncio.sleep(0.01)
