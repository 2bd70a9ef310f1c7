"""What does not answer is told to whoever waits, in the message where they wait."""

import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from playground.redis_target import RedisServer
from tests.end_to_end.conftest import Stage, everything


@asynccontextmanager
async def frozen(server: RedisServer) -> AsyncGenerator[None]:
    """The cache takes connections and says nothing; after the block it goes on."""
    async with Redis.from_url(server.url("default")) as client:
        pid = int((await client.info("server"))["process_id"])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


async def test_a_target_that_never_answers_is_told_where_its_answer_was_awaited(
    stage: Stage, redis_server: RedisServer
):
    async with frozen(redis_server):
        await stage.types("U0BEN", "/cache architect-cache info")
        waiting = await stage.shows("Reading architect-cache")
        told = await stage.shows("cannot be reached")
    assert told["ts"] == waiting["ts"]
    said = everything(told)
    assert "Nothing was changed." in said
    assert "Check that it runs." in said
    assert "cache architect-cache info" in said
