"""Leases with fencing tokens on Redis or Valkey; the server's clock ends them."""

import json
from datetime import datetime, timedelta

from journal.keys import Keys
from journal.redis_connection import RedisConnection, Script
from model.ports.journal import Lease, LeaseHeld

TAKE = Script("take")
KEEP = Script("keep")
REVOKE = Script("revoke")


class RedisLeases:
    """Leases, see the port. A lease survives a restart of the server, its time running on."""

    def __init__(self, wire: RedisConnection, keys: Keys) -> None:
        self._wire = wire
        self._keys = keys

    async def take(self, target: str, holder: str, ttl: timedelta, now: datetime) -> Lease | LeaseHeld:
        """Take the lease, or learn who has it. Raises JournalUnavailable."""
        reply = await self._wire.run(
            TAKE,
            [self._keys.lease(target), self._keys.fences],
            [target, holder, now.isoformat(), milliseconds(ttl)],
        )
        if int(reply[0]):
            return Lease(target=target, holder=holder, token=int(reply[0]), since=now)
        return LeaseHeld(holder=reply[1], since=datetime.fromisoformat(reply[2]))

    async def renew(self, lease: Lease, ttl: timedelta) -> bool:
        """Extend to `ttl` from now; False when no longer valid. Raises JournalUnavailable."""
        return await self._keep(lease, milliseconds(ttl))

    async def release(self, lease: Lease) -> None:
        """Give it back. Raises JournalUnavailable."""
        await self._keep(lease, "release")

    async def revoke(self, target: str, holder: str) -> None:
        """End the lease of this holder. Raises JournalUnavailable."""
        await self._wire.run(REVOKE, [self._keys.lease(target)], [holder])

    async def holder(self, target: str) -> LeaseHeld | None:
        """Who has the target now. Raises JournalUnavailable."""
        held = await self._wire.call("GET", self._keys.lease(target))
        if held is None:
            return None
        lease = json.loads(held)
        return LeaseHeld(holder=lease["holder"], since=datetime.fromisoformat(lease["since"]))

    async def check(self, lease: Lease) -> bool:
        """Whether this very lease is still the valid one. Raises JournalUnavailable."""
        return await self._keep(lease, "check")

    async def _keep(self, lease: Lease, what: str | int) -> bool:
        reply = await self._wire.run(KEEP, [self._keys.lease(lease.target)], [lease.token, what])
        return bool(int(reply))


def milliseconds(span: timedelta) -> int:
    """A span as whole milliseconds, at least one."""
    return max(1, int(span.total_seconds() * 1000))
