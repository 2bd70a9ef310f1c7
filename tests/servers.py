"""The Architect system's real servers, one of each for a whole test process, started when first asked for.

A test that asks for `postgres_server` (or another) by name, besides `stage`, finds it in its town as new.
"""

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from bot.clock import utc_now
from playground import postgres, prometheus, redis_target
from playground.architect import Servers
from playground.postgres import PostgresServer
from playground.programs import NotHere
from playground.prometheus import PrometheusServer
from playground.redis_target import RedisServer

PARTS = {"postgres_server": "postgres", "redis_server": "redis", "prometheus_server": "prometheus"}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres_server() -> AsyncGenerator[PostgresServer]:
    """Skips what asks for it where PostgreSQL is not installed."""
    try:
        async with postgres.started() as server:
            yield server
    except NotHere as reason:
        pytest.skip(str(reason))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def redis_server() -> AsyncGenerator[RedisServer]:
    """Always there: where Redis is not installed, it is Valkey."""
    async with redis_target.started() as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def prometheus_server() -> AsyncGenerator[PrometheusServer]:
    """Skips what asks for it where Prometheus is not installed."""
    try:
        async with prometheus.started(utc_now, scrape_s=1) as server:
            yield server
    except NotHere as reason:
        pytest.skip(str(reason))


@pytest.fixture
def architect_servers(request: pytest.FixtureRequest) -> Servers:
    """Those servers that the test asks for by name; none are started for a test that asks for none."""
    asked = {
        part: request.getfixturevalue(name) for name, part in PARTS.items() if name in request.fixturenames
    }
    return Servers(**asked)
