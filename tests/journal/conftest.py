"""The three servers and stores on which the contract of the journal is tested."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from journal.memory import MemoryJournal, MemoryKept, MemoryLeases, MemoryPosts
from journal.opening import Opened, open_journal
from model.ports.journal import Journal, Kept, Leases, Posts
from tests.waiting import HANGS_S

REDIS = shutil.which("redis-server")
KEY = b"a key for tests"


@dataclass
class Ports:
    """What a contract test may use; the same whatever is behind it."""

    journal: Journal
    leases: Leases
    posts: Posts
    kept: Kept


def real_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the servers and docket run on real time


@pytest.fixture
def folder() -> AsyncIterator[Path]:
    """A folder with a path short enough for a socket."""
    with TemporaryDirectory(prefix="muster-") as name:
        yield Path(name)


@asynccontextmanager
async def redis_server(folder: Path, *more: str) -> AsyncGenerator[str]:
    """Debian's redis-server on a socket in a folder; its URL."""
    if REDIS is None:
        pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
    sock = folder / "redis.sock"
    settings = [
        "--bind",
        "127.0.0.1",
        "--port",
        "0",
        "--unixsocket",
        str(sock),
        "--dir",
        str(folder),
        "--save",
        "",
    ]
    durable = ["--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction"]
    process = subprocess.Popen([REDIS, *settings, *durable, *more], stdout=subprocess.DEVNULL)
    try:
        await answers(f"unix://{sock}")
        yield f"unix://{sock}"
    finally:
        process.kill()
        process.wait()


async def answers(url: str) -> None:
    """Wait until a server answers."""
    async with asyncio.timeout(HANGS_S):
        while True:
            try:
                async with Redis.from_url(url) as client:
                    await client.ping()
                return
            except (RedisError, OSError):
                await asyncio.sleep(0.01)


@asynccontextmanager
async def opened_on(kind: str, folder: Path) -> AsyncGenerator[Opened]:
    """A journal opened on the embedded server or on Debian's."""
    if kind == "embedded":
        async with open_journal(None, folder, real_now, KEY) as opened:
            yield opened
    else:
        async with redis_server(folder) as url, open_journal(url, folder, real_now, KEY) as opened:
            yield opened


@pytest.fixture(params=["embedded", "redis-server"])
async def opened(request: pytest.FixtureRequest, folder: Path) -> AsyncGenerator[Opened]:
    async with opened_on(request.param, folder) as opened:
        yield opened


@pytest.fixture(params=["memory", "embedded", "redis-server"])
async def ports(request: pytest.FixtureRequest, folder: Path) -> AsyncGenerator[Ports]:
    if request.param == "memory":
        yield Ports(MemoryJournal(), MemoryLeases(real_now), MemoryPosts(), MemoryKept(real_now))
        return
    async with opened_on(request.param, folder) as opened:
        yield Ports(opened.journal, opened.leases, opened.posts, opened.kept)


async def until(condition) -> None:
    """Wait until a condition holds; fail when it does not."""
    async with asyncio.timeout(HANGS_S):
        while not condition():
            await asyncio.sleep(0.005)
