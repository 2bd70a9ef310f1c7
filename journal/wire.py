"""The one place that speaks to the server: typed commands, pipelines and scripts, vendor errors made ours."""

import hashlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from model.recorded import JournalUnavailable

Part = str | int | float
Command = tuple[Part, ...]


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
        raise JournalUnavailable(
            f"the journal does not answer ({type(error).__name__}: {error}); "
            "check the Redis or Valkey server and MUSTER_REDIS_URL"
        ) from error


class Wire:
    """Sends commands over a redis-py client that decodes responses to text."""

    def __init__(self, client: Redis) -> None:
        self._client = cast("Any", client)  # redis-py types its commands as sync-or-async unions

    async def call(self, *command: Part) -> Any:
        """One command. Raises JournalUnavailable."""
        with errors_made_ours():
            return await self._client.execute_command(*command)

    async def together(self, commands: Sequence[Command], atomic: bool = False) -> list[Any]:
        """Several commands in one round trip and on one connection. Raises JournalUnavailable."""
        if not commands:
            return []
        with errors_made_ours():
            async with self._client.pipeline(transaction=atomic) as pipe:
                for command in commands:
                    pipe.execute_command(*command)
                return cast("list[Any]", await pipe.execute())

    async def run(self, script: Script, keys: Sequence[str], args: Sequence[Part]) -> Any:
        """A script, sent in full only when the server does not know it yet. Raises JournalUnavailable."""
        try:
            return await self.call("EVALSHA", script.sha, len(keys), *keys, *args)
        except NoScriptError:
            return await self.call("EVAL", script.text, len(keys), *keys, *args)

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
