"""The journal on Redis or Valkey: one Lua script per commit, sealed into a chain per stream."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, cast
from weakref import WeakValueDictionary

from redis.asyncio import Redis

from journal.answers import answer, command, recorded
from journal.chain import Link, LogPosition, StreamHead, entry_json, event_json, roll, seal, who_json
from journal.keys import Keys
from journal.redis_connection import Part, RedisConnection, Script
from model.events import RecordedEvent
from model.ports.journal import (
    Commit,
    Committed,
    Conflict,
    Duplicate,
    GetMembers,
    GetValue,
    JournalAnswer,
    JournalQuery,
    JournalUnavailable,
    NextId,
    ReadEvents,
)

COMMIT = Script("commit")
ATTEMPTS = 200  # a writer of another process that wins each of so many races does not exist
HEADS_REMEMBERED = 10_000
WAKE_WITHIN = timedelta(seconds=1)  # whoever commits also wakes the drainer; later, any replica may
UNCLAIMED_LIFE_S = 900  # a commit without a claim gets one of its own, so that a resent one is recognised


class RedisJournal:
    """A Journal over a redis-py client that decodes responses (see `opening.connect`).

    `replicas`: how many of them must confirm a commit within `replica_wait`, or it is said to be unconfirmed;
    on their disk where the server can tell (Redis 7.2, Valkey), in their memory before.
    """

    def __init__(
        self,
        client: Redis,
        clock: Callable[[], datetime],
        mac_key: bytes,
        prefix: str = "{muster}",
        *,
        replicas: int = 0,
        replica_wait: timedelta = timedelta(seconds=1),
        claim_life: timedelta = timedelta(hours=24),
    ) -> None:
        self.wire = RedisConnection(client)
        self.keys = Keys(prefix)
        self.mac_key = mac_key
        self.clock = clock
        self.tip = LogPosition()
        self.proven = LogPosition()
        self._replicas = replicas
        self._wait: tuple[str, *tuple[int, ...]] = ("WAIT",)
        self._replica_wait_ms = int(replica_wait.total_seconds() * 1000)
        self._claim_life_ms = int(claim_life.total_seconds() * 1000)
        self._known: OrderedDict[str, StreamHead] = OrderedDict()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def refresh(self) -> None:
        """Learn where the log stands, so that the first entry vouches for it, and how to wait for replicas.

        Raises JournalUnavailable.
        """
        self.tip = LogPosition.parse(await self.wire.call("GET", self.keys.tip))
        can_wait_for_disk = any(await self.wire.call("COMMAND INFO", "WAITAOF"))
        self._wait = ("WAITAOF", 1) if can_wait_for_disk else ("WAIT",)

    async def commit(self, commit: Commit) -> Committed | Duplicate | Conflict:
        """Write all of it durably, or nothing; see the port. Raises JournalUnavailable."""
        nonce = secrets.token_hex(8)
        async with AsyncExitStack() as turns:
            # Writers of this process take turns per stream: signing against a head that a neighbour is about
            # to move would only be sent back. Sorted, so that two commits cannot wait for each other.
            for stream in sorted(streams_of(commit)):
                await turns.enter_async_context(self._turns.setdefault(stream, asyncio.Lock()))
            for _ in range(ATTEMPTS):
                outcome = await self._attempt(commit, nonce)
                if outcome is not None:
                    return outcome
        raise JournalUnavailable("the streams of this commit kept moving; repeat it with the same claim")

    async def _attempt(self, commit: Commit, nonce: str) -> Committed | Duplicate | Conflict | None:
        links = self._links(commit)
        entry = entry_json(commit, who_json(commit.who), links, self.tip)
        mac = seal(self.mac_key, entry)
        reply, confirmed = await self._send(*self._arguments(commit, links, entry, mac, nonce))
        match reply[0]:
            case "ok":
                return self._done(links, mac, LogPosition(int(reply[1]), reply[2]), confirmed)
            case "duplicate" if reply[1] == nonce:  # ours: the first answer was lost with its connection
                return self._done(links, mac, self.tip, confirmed)
            case "duplicate":
                return Duplicate(result=reply[2])
            case "conflict":
                expected = next(link.expect for link in links if link.stream == reply[1])
                return Conflict(stream=reply[1], expected=expected or 0, found=int(reply[2]))
            case _:
                for link, head in zip(links, reply[1:], strict=True):
                    self._learn(link.stream, StreamHead.parse(head))
                return None

    def _links(self, commit: Commit) -> list[Link]:
        if not commit.writes:
            gate = gate_stream(commit)
            return [Link(gate, None, self._known.get(gate, StreamHead()), (), ())]
        who = who_json(commit.who)
        return [
            Link(
                write.stream,
                write.expect,
                self._known.get(write.stream, StreamHead()),
                tuple(event_json(commit, who, event) for event in write.events),
                tuple(event.type for event in write.events),
            )
            for write in commit.writes
        ]

    def _arguments(
        self, commit: Commit, links: Sequence[Link], entry: str, mac: str, nonce: str
    ) -> tuple[list[str], list[Part]]:
        keys, life_ms = self.keys, self._claim_life_ms
        if commit.claim is None:
            life_ms = UNCLAIMED_LIFE_S * 1000
        claim = keys.claim(commit.claim if commit.claim is not None else f"once:{nonce}")
        names = [keys.heads, keys.tip, keys.audit, keys.dirty, claim]
        abandoned_ms = int((self.clock() + WAKE_WITHIN).timestamp() * 1000)
        args: list[Part] = [life_ms, nonce, commit.result, entry, mac, abandoned_ms, len(links)]
        for link in links:
            names.append(keys.stream(link.stream))
            expect = "" if link.expect is None else link.expect
            args += [link.stream, expect, str(link.head), len(link.events), *link.events]
        for change in commit.indexes:
            is_ordered = change.op in ("add", "remove")
            names.append(keys.ordered(change.index) if is_ordered else keys.map(change.index))
            args += [change.op, change.key, change.score if is_ordered else change.value]
        return names, args

    async def _send(self, names: list[str], args: list[Part]) -> tuple[list[Any], bool]:
        if not self._replicas:
            return cast("list[Any]", await self.wire.run(COMMIT, names, args)), True
        wait = (*self._wait, self._replicas, self._replica_wait_ms)
        reply, found = await self.wire.run_and(COMMIT, names, args, wait)
        confirmed = cast("list[int]", found)[-1] if isinstance(found, list) else int(found)
        return reply, confirmed >= self._replicas

    def _done(self, links: Sequence[Link], mac: str, tip: LogPosition, confirmed: bool) -> Committed:
        for link in links:
            self._learn(link.stream, StreamHead(link.version, mac))
        self.tip = max(self.tip, tip)
        if tip == LogPosition(self.proven.entries + 1, roll(self.proven.chain, mac)):
            self.proven = tip  # an entry of our own right after what was verified needs no reading
        versions = {link.stream: link.version for link in links if link.events}
        return Committed(versions=versions, confirmed=confirmed)

    def _learn(self, stream: str, head: StreamHead) -> None:
        self._known[stream] = head
        self._known.move_to_end(stream)
        if len(self._known) > HEADS_REMEMBERED:
            self._known.popitem(last=False)

    async def read(self, stream: str, after: int = 0, limit: int = 10_000) -> list[RecordedEvent]:
        """Events of a stream after a version, oldest first. Raises JournalUnavailable."""
        reply = await self.wire.call(*command(self.keys, ReadEvents(stream=stream, after=after, limit=limit)))
        return [recorded(stream, id_, fields) for id_, fields in reply]

    async def heads(self, streams: Sequence[str]) -> list[int]:
        """The version of each stream, 0 = nothing there. Raises JournalUnavailable."""
        if not streams:
            return []
        reply = await self.wire.call("HMGET", self.keys.heads, *streams)
        return [StreamHead.parse(head).version for head in reply]

    async def next_id(self, kind: str) -> str:
        """A fresh id, "OP" → "OP-17". Raises JournalUnavailable."""
        return f"{kind}-{await self.wire.call(*command(self.keys, NextId(kind=kind)))}"

    async def lookup(self, index: str, key: str) -> str | None:
        """The value under a key of a map, or None. Raises JournalUnavailable."""
        return cast("str | None", await self.wire.call(*command(self.keys, GetValue(index=index, key=key))))

    async def lookup_many(self, index: str, keys: Sequence[str]) -> list[str | None]:
        """The values under keys of a map. Raises JournalUnavailable."""
        if not keys:
            return []
        return cast("list[str | None]", await self.wire.call("HMGET", self.keys.map(index), *keys))

    async def members(
        self,
        index: str,
        *,
        newest: int | None = None,
        min_score: float | None = None,
        max_score: float | None = None,
    ) -> list[str]:
        """Members of a sorted set; see `Members`. Raises JournalUnavailable."""
        asked = GetMembers(index=index, newest=newest, min_score=min_score, max_score=max_score)
        return cast("list[str]", await self.wire.call(*command(self.keys, asked)))

    async def view(self, questions: Sequence[JournalQuery]) -> list[JournalAnswer]:
        """Answer several questions in one round trip. Raises JournalUnavailable."""
        commands = [command(self.keys, question) for question in questions]
        if len(commands) == 1:
            return [answer(questions[0], await self.wire.call(*commands[0]))]
        replies = await self.wire.together(commands)
        return [answer(question, reply) for question, reply in zip(questions, replies, strict=True)]


def gate_stream(commit: Commit) -> str:
    """The stream whose chain holds the commits that write no events: refusals, reads."""
    return f"gate:{commit.who.team}:{commit.who.user}"


def streams_of(commit: Commit) -> list[str]:
    """The streams a commit hangs on."""
    return [write.stream for write in commit.writes] or [gate_stream(commit)]
