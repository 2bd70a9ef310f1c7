"""The Architect system's database: real, furnished, and as new for everyone who comes to live in it."""

import asyncio
import subprocess

import asyncpg
import pytest

from playground import postgres
from playground.postgres import PostgresServer, RunningPostgres, furnished
from playground.postgres_visitors import IDLE, POOL
from tests.waiting import HANGS_S

EXTENSION_IS_NOT_OURS = ("--extension=plpgsql",)


@pytest.fixture
async def database(postgres_server: PostgresServer):
    async with furnished(postgres_server) as lived_in:
        yield lived_in


@pytest.fixture
async def muster(database: RunningPostgres):
    connection = await asyncpg.connect(database.dsn)
    yield connection
    await connection.close()


def run(*command: str, given: str = "") -> str:
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=HANGS_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def until(ask, is_enough):
    async with asyncio.timeout(HANGS_S):
        while not is_enough(found := await ask()):
            await asyncio.sleep(0.02)
    return found


async def test_it_is_new_enough_and_not_run_by_root(muster):
    assert muster.get_server_version().major >= postgres.LEAST_VERSION
    assert await muster.fetchval("SELECT current_setting('is_superuser')") == "off"
    assert await muster.fetchval("SHOW listen_addresses") == "127.0.0.1"


async def test_a_client_without_the_password_is_refused(database):
    wrong = database.dsn.replace(database.server.passwords["muster"], "guess")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(wrong)
    assert database.server.passwords["muster"] not in repr(database)


async def test_tables_hold_rows(muster):
    for table, least in {"organizations": 40, "users": 800, "dashboards": 1500, "audit_events": 6000}.items():
        assert await muster.fetchval(f"SELECT count(*) FROM {table}") == least


async def test_clients_are_idle_at_work_and_waiting(muster, database):
    rows = await muster.fetch(
        "SELECT pid, state, application_name, query FROM pg_stat_activity WHERE usename = 'architect'"
    )
    by_pid = {row["pid"]: row for row in rows}
    idle = [by_pid[pid] for pid in database.visitors.idle]
    assert {(row["state"], row["application_name"]) for row in idle} == {("idle", POOL)}
    assert len(idle) == IDLE
    assert by_pid[database.visitors.holding]["state"] == "idle in transaction"
    assert by_pid[database.visitors.reporting]["state"] == "active"
    assert "usage_report" in by_pid[database.visitors.reporting]["query"]


async def test_one_lock_is_not_granted(muster, database):
    rows = await muster.fetch("SELECT pid, mode FROM pg_locks WHERE NOT granted")
    assert [row["pid"] for row in rows] == [database.visitors.waiting]
    blocking = await muster.fetchval("SELECT pg_blocking_pids($1)", database.visitors.waiting)
    assert blocking == [database.visitors.holding]


async def test_slow_statements_are_told_slowest_first(muster):
    rows = await muster.fetch(
        "SELECT query, calls, mean_exec_time FROM pg_stat_statements"
        " WHERE query LIKE 'SELECT%usage_report%' ORDER BY mean_exec_time DESC"
    )
    assert rows[0]["query"] == "SELECT * FROM usage_report($1)"
    assert rows[0]["mean_exec_time"] >= 90
    assert rows[0]["calls"] == 2


async def test_a_standby_has_a_slot_and_is_away(muster):
    slots = await muster.fetch("SELECT slot_name, active, restart_lsn FROM pg_replication_slots")
    assert [(slot["slot_name"], slot["active"]) for slot in slots] == [("standby_1", False)]
    assert slots[0]["restart_lsn"] is not None


async def test_muster_may_end_idle_sessions_and_they_stay_away(muster, database):
    query = "SELECT pid FROM pg_stat_activity WHERE state = 'idle' AND usename = 'architect'"
    ended = await muster.fetch(f"SELECT pg_terminate_backend(pid) FROM ({query}) AS idle")
    assert len(ended) == IDLE
    assert await until(lambda: muster.fetch(query), lambda rows: not rows) == []


async def test_a_pool_may_come_back_after_a_while(postgres_server):
    async with furnished(postgres_server, comes_back_s=0.05) as lived_in:
        before = list(lived_in.visitors.idle)
        connection = await asyncpg.connect(lived_in.dsn)
        await connection.fetch("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", before)
        query = "SELECT pid FROM pg_stat_activity WHERE state = 'idle' AND application_name = $1"
        await until(
            lambda: connection.fetch(query, POOL),
            lambda rows: {row["pid"] for row in rows} == set(lived_in.visitors.idle) != set(before),
        )
        await connection.close()
    assert len(lived_in.visitors.idle) == IDLE


async def test_muster_may_not_end_a_superusers_session(muster, database):
    admin = await asyncpg.connect(database.server.dsn("postgres", "postgres"))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await muster.execute(f"SELECT pg_terminate_backend({admin.get_server_pid()})")
    finally:
        await admin.close()


async def test_what_muster_dumps_it_restores_in_place(database, muster):
    dump = await asyncio.to_thread(
        run, "pg_dump", "--clean", "--if-exists", *EXTENSION_IS_NOT_OURS, database.dsn
    )
    await muster.execute("DELETE FROM audit_events")
    await asyncio.to_thread(run, "psql", "-q1v", "ON_ERROR_STOP=1", database.dsn, given=dump)
    assert await muster.fetchval("SELECT count(*) FROM audit_events") == 6000


async def test_muster_restores_into_a_new_database_too(database, muster):
    dump = await asyncio.to_thread(run, "pg_dump", *EXTENSION_IS_NOT_OURS, database.dsn)
    await muster.execute("CREATE DATABASE architect_restored OWNER architect")
    new = database.server.dsn(database="architect_restored")
    await asyncio.to_thread(run, "psql", "-q1v", "ON_ERROR_STOP=1", new, given=dump)
    found = await asyncio.to_thread(run, "psql", "-Atc", "SELECT count(*) FROM dashboards", new)
    assert found.strip() == "1500"


async def test_whoever_comes_next_finds_it_as_new(postgres_server):
    async with furnished(postgres_server) as first:
        connection = await asyncpg.connect(first.dsn)
        await connection.execute("DROP TABLE audit_events")
        await connection.execute("CREATE DATABASE architect_left_behind")
        await connection.close()
    async with furnished(postgres_server) as second:
        connection = await asyncpg.connect(second.dsn)
        assert await connection.fetchval("SELECT count(*) FROM audit_events") == 6000
        names = await connection.fetch("SELECT datname FROM pg_database WHERE datname ~ 'left_behind'")
        sessions = await connection.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'architect' AND datname = 'architect'"
        )
        await connection.close()
    assert names == []
    assert sessions == IDLE + 3


async def test_it_ends_with_its_block(postgres_server):
    async with postgres.serve() as lived_in:
        dsn = lived_in.dsn
        connection = await asyncpg.connect(dsn)
        data = await connection.fetchval("SELECT 1")
        await connection.close()
    assert data == 1
    with pytest.raises(OSError):
        await asyncpg.connect(dsn)
