"""Puts the journal together: the embedded or the external server, checked, and what runs on it."""

import asyncio
import hmac
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff

from journal.anchor import anchoring, kept
from journal.chain import LogPosition
from journal.checks import ServerUnfit, require_durable
from journal.embedded import embedded
from journal.folder import made
from journal.kept import RedisKept
from journal.keys import Keys
from journal.leases import RedisLeases
from journal.posts import RedisPosts
from journal.redis import RedisJournal
from journal.redis_connection import RedisConnection
from journal.sealed import still_holds
from journal.verify import FirstBad, Verdict, verify

ANCHOR_EVERY = timedelta(seconds=5)
UNGUARDED = (
    "The server at MUSTER_REDIS_URL asks for no password: whoever reaches it writes the journal. Give it "
    "one (redis://:PASSWORD@host), or set MUSTER_REDIS_UNGUARDED=true if nobody else can reach it."
)


@dataclass(frozen=True)
class Opened:
    """The open journal and what shares its server."""

    url: str
    client: Redis
    journal: RedisJournal
    leases: RedisLeases
    posts: RedisPosts
    kept: RedisKept
    anchor: Path
    anchor_was_there: bool = False

    def key_for(self, purpose: str) -> bytes:
        """A key for something else than the seal, from which the seal's own is not found."""
        return hmac.digest(self.journal.mac_key, f"muster {purpose} 1\n".encode(), "sha256")

    async def verify(self, path: Path | LogPosition | None = None) -> Verdict:
        """Verify the audit log, against the position kept in its file, in another one, or given.

        Raises JournalUnavailable.
        """
        if isinstance(path, LogPosition):
            return await verify(self.journal, path)
        try:
            anchor = await asyncio.to_thread(kept, path or self.anchor)
        except (OSError, ValueError) as error:
            verdict = await verify(self.journal)
            damaged = FirstBad(str(path or self.anchor), f"the kept position cannot be read: {error}")
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
    unguarded: bool = False,
    accept: int | None = None,
    strict: bool = True,
    anchor: Path | None = None,
) -> AsyncGenerator[Opened]:
    """The journal at `redis_url`, or on a private server in `data_dir` when that is None.

    `mac_key` seals the audit log; without one, the private server's is made and kept in `data_dir`.
    `replicas`: how many must confirm each commit. `unchecked`: do not look at the server's settings.
    `unguarded`: a server without a password is meant. `strict`: refuse a log that is not the one its anchor
    was taken of, unless it has exactly `accept` entries. `anchor`: the file of that, else in `data_dir`.
    Raises ServerUnfit, EmbeddedFailed, FolderUnfit or JournalUnavailable, each saying what to do.
    """
    async with AsyncExitStack() as stack:
        if redis_url is None:
            redis_url = (await stack.enter_async_context(embedded(data_dir))).url
            mac_key = mac_key or await asyncio.to_thread(_kept_key, data_dir / "audit.key")
        elif not mac_key:
            raise ServerUnfit(("Set MUSTER_AUDIT_KEY to a long random text, the same in every replica.",))
        elif not unguarded and is_unguarded(redis_url):
            raise ServerUnfit((UNGUARDED,))
        client = connect(redis_url)
        stack.push_async_callback(client.aclose)
        wire, keys = RedisConnection(client), Keys()
        if not unchecked:
            await require_durable(wire)
        journal = RedisJournal(client, clock, mac_key, keys.prefix, replicas=replicas)
        await journal.refresh()
        await asyncio.to_thread(made, data_dir)
        anchor = anchor or data_dir / "audit.anchor"
        was_there = anchor.exists()
        await _must_continue(journal, anchor, accept, strict)
        await stack.enter_async_context(anchoring(anchor, journal, ANCHOR_EVERY))
        leases, posts = RedisLeases(wire, keys), RedisPosts(wire, keys)
        kept_texts = RedisKept(wire, keys, mac_key)
        yield Opened(redis_url, client, journal, leases, posts, kept_texts, anchor, was_there)


async def _must_continue(journal: RedisJournal, anchor: Path, accept: int | None, strict: bool) -> None:
    """The log goes on from where it was seen last. Raises ServerUnfit where it does not."""
    try:
        known = await asyncio.to_thread(kept, anchor)
    except (OSError, ValueError):
        return  # `muster audit verify` says what is wrong with it
    why = await still_holds(journal, known) if known is not None else ""
    if not why:
        return
    if accept == journal.tip.entries:
        await asyncio.to_thread(anchor.unlink)
    elif strict:
        raise ServerUnfit(
            (
                f"{why.capitalize()} ({anchor}): entries were cut off, or this is another journal. Look with "
                "`muster audit verify` first. To go on with the log as it is, set MUSTER_ACCEPT_LOG="
                f"{journal.tip.entries} for one start.",
            )
        )


def is_unguarded(url: str) -> bool:
    """Whether anybody who reaches the server may write to it: a TCP address without a password."""
    parts = urlsplit(url)
    return parts.scheme in {"redis", "rediss"} and not parts.password


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
