"""What is known of the outside and can be asked again: sealed like the log, and gone when it is too old."""

import hmac
from datetime import timedelta

from journal.chain import seal
from journal.keys import Keys
from journal.redis_connection import RedisConnection


class RedisKept:
    """Kept, see the port; what somebody else wrote there, or under another name, is not given out."""

    def __init__(self, wire: RedisConnection, keys: Keys, mac_key: bytes) -> None:
        self._wire, self._keys, self._mac_key = wire, keys, mac_key

    async def keep(self, name: str, text: str, life: timedelta) -> None:
        """Keep a text so long, instead of what was kept. Raises JournalUnavailable."""
        sealed = f"{self._seal(name, text)} {text}"
        life_ms = max(1, int(life.total_seconds() * 1000))
        await self._wire.call("SET", self._keys.kept(name), sealed, "PX", life_ms)

    async def find(self, name: str) -> str | None:
        """The text, or None when there is none with our seal. Raises JournalUnavailable."""
        found = await self._wire.call("GET", self._keys.kept(name))
        mac, _, text = str(found or "").partition(" ")
        return text if hmac.compare_digest(mac.encode(), self._seal(name, text).encode()) else None

    def _seal(self, name: str, text: str) -> str:
        # An entry of the audit log is a JSON object, so that neither can pass for the other.
        return seal(self._mac_key, f"kept {name}\n{text}")
