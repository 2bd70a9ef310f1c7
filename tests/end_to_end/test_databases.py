"""Looks into PostgreSQL and Redis, idle sessions ended, a cache emptied by three people."""

import asyncio

import asyncpg
import pytest
from redis.asyncio import Redis

from playground.postgres import RunningPostgres
from tests.end_to_end.conftest import OPS, Stage, everything
from tests.waiting import HANGS_S


@pytest.mark.procedure("db-looks")
@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("connections", "connections are taken"),
        ("queries", "3 queries run; the longest for"),
        ("slow", "SELECT * FROM usage_report($1)"),
        ("locks", "1 waits for a lock"),
        ("replication", "nobody reads from standby_1"),
        ("idle", "sessions are idle"),
    ],
)
@pytest.mark.usefixtures("postgres_server")
async def test_a_database_is_looked_into(stage: Stage, view: str, words: str):
    await stage.types("U0BEN", f"/db architect-db {view}")
    await stage.shows(words)
    assert stage.cloud_changes() == []


@pytest.mark.usefixtures("postgres_server")
async def test_what_runs_a_query_for_long_makes_a_database_degraded(stage: Stage):
    await stage.types("U0BEN", "/health architect-db")
    shown = everything(await stage.whispers("architect-db is 🟡 degraded", "U0BEN"))
    assert "sessions wait for a lock" in shown


async def idle_for_a_second(postgres: RunningPostgres) -> None:
    """Sessions cannot be backdated; the shortest time that can be typed is a second."""
    connection = await asyncpg.connect(postgres.server.dsn("postgres"))
    young = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY($1) AND now() - state_change < '1.1 s'"
    async with asyncio.timeout(HANGS_S):
        while await connection.fetchval(young, postgres.visitors.idle):
            await asyncio.sleep(0.05)
    await connection.close()


@pytest.mark.procedure("kill-idle")
@pytest.mark.usefixtures("postgres_server")
async def test_exactly_the_idle_sessions_that_were_shown_are_ended(stage: Stage):
    postgres = stage.town.architect.postgres
    assert postgres is not None
    idle = postgres.visitors.idle
    await idle_for_a_second(postgres)
    await stage.types("U0BEN", "/db architect-db kill-idle --older 1s because connection limit exceeded")
    plan = await stage.shows("OP-1 · plan")
    assert all(str(pid) in everything(plan) for pid in idle)
    await stage.confirms("U0BEN", plan)
    await stage.shows("✅ Done")
    connection = await asyncpg.connect(postgres.server.dsn("postgres"))
    left = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE pid = ANY($1)", idle)
    others = await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE pid = $1", postgres.visitors.reporting
    )
    await connection.close()
    assert left == []
    assert others == 1


@pytest.mark.procedure("cache-looks")
@pytest.mark.parametrize(
    ("view", "words"),
    [("info", "341 keys in"), ("slowlog", "slow commands"), ("bigkeys", "the biggest key has")],
)
@pytest.mark.usefixtures("redis_server")
async def test_a_cache_is_looked_into(stage: Stage, view: str, words: str):
    await stage.types("U0BEN", f"/cache architect-cache {view}")
    await stage.shows(words)


@pytest.mark.procedure("flush")
@pytest.mark.usefixtures("redis_server")
async def test_a_cache_is_emptied_once_two_others_agree_and_the_name_is_typed(stage: Stage):
    running = stage.town.architect.redis
    assert running is not None
    redis = Redis.from_url(running.server.url("default"))
    before = await redis.dbsize()
    await stage.types("U0BEN", "/cache architect-cache flush because stale sessions")
    plan = await stage.shows("OP-1 · plan")
    assert "340 keys are lost" in everything(plan)
    await stage.confirms("U0BEN", plan, "architect-cache")
    await stage.presses("U0SAM", await stage.shows("waits for approval"), "op.approve")
    waiting = await stage.shows("1 more needed")
    assert await redis.dbsize() == before
    await stage.presses("U0ANA", waiting, "op.approve")
    await stage.shows("✅ Done")
    assert await redis.dbsize() == 0
    await redis.aclose()


async def test_a_database_nobody_told_the_address_of_says_what_to_set(stage: Stage):
    await stage.types("U0BEN", "/db architect-db locks")
    shown = everything(await stage.shows("Nobody has told where architect-db is."))
    assert "MUSTER_POSTGRES_URLS" in shown
    assert "Nothing was changed." in shown


async def test_a_look_that_a_service_has_not_is_refused_with_those_it_has(stage: Stage):
    await stage.types("U0BEN", "/db architect-api locks")
    await stage.shows("architect-api has no db to look at.", OPS)
    ack = await stage.types("U0BEN", "/db architect-db tables")
    assert "`connections`" in str(ack.body) or await stage.whispers("`connections`", "U0BEN")
