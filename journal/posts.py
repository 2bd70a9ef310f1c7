"""Where messages were posted, on Redis or Valkey."""

import json
from datetime import datetime

from journal.keys import Keys
from journal.redis_connection import RedisConnection
from model.ports.journal import Posted, PostIntent


class RedisPosts:
    """Posts, see the port. What is remembered is kept for ever."""

    def __init__(self, wire: RedisConnection, keys: Keys) -> None:
        self._wire = wire
        self._keys = keys

    async def intend(self, key: str, channel: str, at: datetime) -> Posted | PostIntent | None:
        """Say that a message is about to be posted; None = you are the first. Raises JournalUnavailable."""
        text = json.dumps({"channel": channel, "at": at.isoformat()})
        replies = await self._wire.together(
            [("HSETNX", self._keys.posts, key, text), ("HGET", self._keys.posts, key)]
        )
        return None if int(replies[0]) else _parse(replies[1])

    async def remember(self, key: str, channel: str, ts: str) -> None:
        """The message was posted at `ts`. Raises JournalUnavailable."""
        text = json.dumps({"channel": channel, "ts": ts})
        await self._wire.call("HSET", self._keys.posts, key, text)

    async def find(self, key: str) -> Posted | PostIntent | None:
        """What is known of the message. Raises JournalUnavailable."""
        return _parse(await self._wire.call("HGET", self._keys.posts, key))

    async def forget(self, key: str) -> None:
        """Slack refused the message: the next `intend` is the first again. Raises JournalUnavailable."""
        await self._wire.call("HDEL", self._keys.posts, key)


def _parse(text: str | None) -> Posted | PostIntent | None:
    if text is None:
        return None
    known = json.loads(text)
    if "ts" in known:
        return Posted(channel=known["channel"], ts=known["ts"])
    return PostIntent(channel=known["channel"], at=datetime.fromisoformat(known["at"]))
