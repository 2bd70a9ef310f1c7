"""The one place that speaks to the server: typed commands, pipelines and scripts, vendor errors made ours."""

import asyncio
import hashlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from model.ports.journal import JournalUnavailable

Part = str | int | float
Command = tuple[Part, ...]

PATIENCE_S = 2.5
MOST_ALONE = 2
MOST_TOGETHER = 100


class Script:
    """A Lua script from the folder `lua`, called by its digest."""

    def __init__(self, name: str) -> None:
        self.text = (Path(__file__).parent / "lua" / f"{name}.lua").read_text(encoding="utf-8")
        self.sha = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()


@contextmanager
def errors_made_ours() -> Generator[None]:
    """Turn errors of redis-py into JournalUnavailable, which says what to do."""
    try:
        yield
    except NoScriptError:
        raise
    except (RedisError, OSError) as error:
        why = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise JournalUnavailable(
            f"the journal does not answer ({why}); check the Redis or Valkey server and MUSTER_REDIS_URL"
        ) from error


class RedisConnection:
    """Sends commands over a redis-py client that decodes responses to text.

    Few scripts at a time go out each by itself; under load, those that wait for one another go together.
    """

    def __init__(self, client: Redis) -> None:
        self._client = cast("Any", client)  # redis-py types its commands as sync-or-async unions
        self._under_way = 0
        self._senders: set[asyncio.Future[None]] = set()
        self._waiting: list[tuple[Command, asyncio.Future[Any]]] = []

    async def call(self, *command: Part) -> Any:
        """One command. Raises JournalUnavailable."""
        with errors_made_ours():
            async with asyncio.timeout(PATIENCE_S):
                return await self._client.execute_command(*command)

    async def together(
        self, commands: Sequence[Command], atomic: bool = False, raises: bool = True
    ) -> list[Any]:
        """Several commands in one round trip and on one connection. Raises JournalUnavailable.

        With `raises` off, what a single command raised is among the replies.
        """
        if not commands:
            return []
        with errors_made_ours():
            async with asyncio.timeout(PATIENCE_S), self._client.pipeline(transaction=atomic) as pipe:
                for command in commands:
                    pipe.execute_command(*command)
                return cast("list[Any]", await pipe.execute(raise_on_error=raises))

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[Part]) -> Any:
        """A script, sent in full only when the server does not know it yet. Raises JournalUnavailable."""
        try:
            return await self._in_turn(("EVALSHA", script.sha, len(keys), *keys, *args))
        except NoScriptError:
            return await self.call("EVAL", script.text, len(keys), *keys, *args)

    async def _in_turn(self, command: Command) -> Any:
        if self._under_way >= MOST_ALONE:
            reply = asyncio.get_running_loop().create_future()
            self._waiting.append((command, reply))
            return await reply
        self._under_way += 1
        try:
            return await self.call(*command)
        finally:
            self._under_way -= 1
            self._send_waiting()

    def _send_waiting(self) -> None:
        if self._waiting and self._under_way < MOST_ALONE:
            batch, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
            self._under_way += 1
            task = asyncio.ensure_future(self._send_together(batch))
            self._senders.add(task)
            task.add_done_callback(self._senders.discard)

    async def _send_together(self, batch: Sequence[tuple[Command, "asyncio.Future[Any]"]]) -> None:
        replies: list[Any] = [JournalUnavailable("the journal was closed")] * len(batch)
        try:
            replies = await self.together([command for command, _ in batch], raises=False)
        except JournalUnavailable as error:
            replies = [error] * len(batch)
        finally:
            self._under_way -= 1
            self._send_waiting()
            for (_, future), reply in zip(batch, replies, strict=True):
                _settle(future, reply)

    async def run_and(
        self, script: Script, keys: Sequence[str], args: Sequence[Part], then: Command
    ) -> tuple[Any, Any]:
        """A script and one more command on the same connection. Raises JournalUnavailable."""
        call: Command = (script.sha, len(keys), *keys, *args)
        try:
            first, second = await self.together([("EVALSHA", *call), then])
        except NoScriptError:
            first, second = await self.together([("EVAL", script.text, *call[1:]), then])
        return first, second


def _settle(future: "asyncio.Future[Any]", reply: Any) -> None:
    if future.done():  # its caller was cancelled
        return
    if not isinstance(reply, Exception):
        future.set_result(reply)
        return
    try:
        with errors_made_ours():
            raise reply
    except (JournalUnavailable, NoScriptError) as error:
        future.set_exception(error)
