"""Puts the journal together: the embedded or the external server, checked, and what runs on it."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff

from journal.anchor import anchoring, kept
from journal.checks import ServerUnfit, require_durable
from journal.embedded import embedded
from journal.keys import Keys
from journal.leases import RedisLeases
from journal.posts import RedisPosts
from journal.redis import RedisJournal
from journal.verify import FirstBad, Verdict, verify
from journal.wire import Wire

ANCHOR_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Opened:
    """The open journal and what shares its server."""

    url: str
    client: Redis
    journal: RedisJournal
    leases: RedisLeases
    posts: RedisPosts
    anchor: Path

    async def verify(self) -> Verdict:
        """Verify the audit log, against the position kept in the data directory too.

        Raises JournalUnavailable.
        """
        try:
            anchor = await asyncio.to_thread(kept, self.anchor)
        except (OSError, ValueError) as error:
            verdict = await verify(self.journal)
            damaged = FirstBad(str(self.anchor), f"the kept position cannot be read: {error}")
            return replace(verdict, ok=False, first_bad=verdict.first_bad or damaged)
        return await verify(self.journal, anchor)


@asynccontextmanager
async def open_journal(
    redis_url: str | None,
    data_dir: Path,
    clock: Callable[[], datetime],
    mac_key: bytes | None = None,
    *,
    replicas: int = 0,
    unchecked: bool = False,
) -> AsyncGenerator[Opened]:
    """The journal at `redis_url`, or on a private server in `data_dir` when that is None.

    `mac_key` seals the audit log; without one, the private server's is made and kept in `data_dir`.
    `replicas`: how many must confirm each commit. `unchecked`: do not look at the server's settings.
    Raises ServerUnfit, EmbeddedFailed or JournalUnavailable, each saying what to do.
    """
    async with AsyncExitStack() as stack:
        if redis_url is None:
            redis_url = (await stack.enter_async_context(embedded(data_dir))).url
            mac_key = mac_key or await asyncio.to_thread(_kept_key, data_dir / "audit.key")
        elif not mac_key:
            raise ServerUnfit(("Set MUSTER_AUDIT_KEY to a long random text, the same in every replica.",))
        client = connect(redis_url)
        stack.push_async_callback(client.aclose)
        wire, keys = Wire(client), Keys()
        if not unchecked:
            await require_durable(wire)
        journal = RedisJournal(client, clock, mac_key, keys.prefix, replicas=replicas)
        await journal.refresh()
        await asyncio.to_thread(data_dir.mkdir, parents=True, exist_ok=True, mode=0o700)
        anchor = data_dir / "audit.anchor"
        await stack.enter_async_context(anchoring(anchor, lambda: journal.tip, ANCHOR_EVERY))
        yield Opened(redis_url, client, journal, RedisLeases(wire, keys), RedisPosts(wire, keys), anchor)


def connect(url: str) -> Redis:
    """A client that gives up soon, as people wait for it, and that can show even damaged text."""
    from_url = cast("Callable[..., ConnectionPool]", ConnectionPool.from_url)  # pyright: ignore[reportUnknownMemberType] - untyped keywords
    pool = from_url(
        url,
        decode_responses=True,
        encoding_errors="surrogateescape",
        max_connections=1000,
        socket_timeout=None,  # Wire has its own: redis-py's may swallow a cancellation on Python 3.11
        socket_connect_timeout=1,
        retry=Retry(ExponentialBackoff(cap=0.1, base=0.02), 2),
    )
    return Redis.from_pool(pool)


def _kept_key(path: Path) -> bytes:
    """The key in a file that only its owner may read; a new one the first time."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32), encoding="ascii")
        with suppress(FileExistsError):
            path.hardlink_to(draft)  # whole or not at all, and never over another process's key
        draft.unlink()
    return path.read_bytes()
