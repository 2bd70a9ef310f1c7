"""The journal, leases and posts in memory, for tests; they pass the same contract suite as the real ones."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from math import inf

from model.events import RecordedEvent
from model.ports.journal import (
    Commit,
    Committed,
    Conflict,
    Duplicate,
    GetMembers,
    GetValue,
    GetVersion,
    IndexChange,
    JournalAnswer,
    JournalQuery,
    Lease,
    LeaseHeld,
    NextId,
    Posted,
    PostIntent,
    ReadEvents,
)
from model.ports.log import GetLogPlace, GetMoves, LogPlace, Moves


class MemoryJournal:
    """A Journal that forgets everything with the process; `commits` holds them all, oldest first."""

    def __init__(self) -> None:
        self.commits: list[Commit] = []
        self.streams: dict[str, list[RecordedEvent]] = defaultdict(list)
        self._moved: list[dict[str, int]] = []
        self._claims: dict[str, str] = {}
        self._ids: Counter[str] = Counter()
        self._maps: dict[str, dict[str, str]] = defaultdict(dict)
        self._ordered: dict[str, dict[str, float]] = defaultdict(dict)

    async def commit(self, commit: Commit) -> Committed | Duplicate | Conflict:
        """Write all of it, or nothing; see the port."""
        if commit.claim is not None and commit.claim in self._claims:
            return Duplicate(result=self._claims[commit.claim])
        for write in commit.writes:
            found = len(self.streams[write.stream])
            if write.expect is not None and write.expect != found:
                return Conflict(stream=write.stream, expected=write.expect, found=found)
        self._append(commit)
        for change in commit.indexes:
            self._change(change)
        if commit.claim is not None:
            self._claims[commit.claim] = commit.result
        self.commits.append(commit)
        versions = {write.stream: len(self.streams[write.stream]) for write in commit.writes if write.events}
        self._moved.append(versions)
        return Committed(versions=versions)

    def _append(self, commit: Commit) -> None:
        for write in commit.writes:
            stream = self.streams[write.stream]
            for event in write.events:
                stream.append(
                    RecordedEvent(
                        stream=write.stream,
                        version=len(stream) + 1,
                        at=commit.at,
                        who=commit.who,
                        type=event.type,
                        data=event.data,
                    )
                )

    def _change(self, change: IndexChange) -> None:
        match change.op:
            case "add":
                self._ordered[change.index][change.key] = change.score
            case "remove":
                self._ordered[change.index].pop(change.key, None)
            case "put":
                self._maps[change.index][change.key] = change.value
            case "drop":
                self._maps[change.index].pop(change.key, None)

    async def read(self, stream: str, after: int = 0, limit: int = 10_000) -> list[RecordedEvent]:
        """Events of a stream after a version, oldest first."""
        return self.streams[stream][after : after + limit]

    async def heads(self, streams: Sequence[str]) -> list[int]:
        """The version of each stream, 0 = nothing there."""
        return [len(self.streams[stream]) for stream in streams]

    async def next_id(self, kind: str) -> str:
        """A fresh id, "OP" → "OP-17"."""
        self._ids[kind] += 1
        return f"{kind}-{self._ids[kind]}"

    async def lookup(self, index: str, key: str) -> str | None:
        """The value under a key of a map, or None."""
        return self._maps[index].get(key)

    async def lookup_many(self, index: str, keys: Sequence[str]) -> list[str | None]:
        """The values under keys of a map."""
        return [self._maps[index].get(key) for key in keys]

    async def members(
        self,
        index: str,
        *,
        newest: int | None = None,
        min_score: float | None = None,
        max_score: float | None = None,
    ) -> list[str]:
        """Members of a sorted set; see `Members`."""
        low = -inf if min_score is None else min_score
        high = inf if max_score is None else max_score
        found = [(score, key) for key, score in self._ordered[index].items() if low <= score <= high]
        ordered = [key for _, key in sorted(found, reverse=newest is not None)]
        return ordered[:newest]

    async def view(self, questions: Sequence[JournalQuery]) -> list[JournalAnswer]:
        """Answer several questions, in order."""
        return [await self._answer(question) for question in questions]

    async def _answer(self, asked: JournalQuery) -> JournalAnswer:
        match asked:
            case GetValue():
                return await self.lookup(asked.index, asked.key)
            case GetMembers():
                return await self.members(
                    asked.index, newest=asked.newest, min_score=asked.min_score, max_score=asked.max_score
                )
            case NextId():
                return await self.next_id(asked.kind)
            case ReadEvents():
                return await self.read(asked.stream, asked.after, asked.limit)
            case GetVersion():
                return len(self.streams[asked.stream])
            case GetLogPlace():
                return LogPlace(entry=len(self._moved))
            case GetMoves():
                versions: dict[str, int] = {}
                for moved in self._moved[asked.after.entry :]:
                    versions |= moved
                return Moves(to=LogPlace(entry=len(self._moved)), versions=versions)


class MemoryLeases:
    """Leases that end by the clock given."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._tokens: Counter[str] = Counter()
        self._held: dict[str, tuple[Lease, datetime]] = {}

    async def take(self, target: str, holder: str, ttl: timedelta, now: datetime) -> Lease | LeaseHeld:
        """Take the lease, or learn who has it."""
        current = self._current(target)
        if current is not None and current.holder != holder:
            return LeaseHeld(holder=current.holder, since=current.since)
        self._tokens[target] += 1
        lease = Lease(target=target, holder=holder, token=self._tokens[target], since=now)
        self._held[target] = (lease, self._clock() + ttl)
        return lease

    def _current(self, target: str) -> Lease | None:
        lease, until = self._held.get(target, (None, self._clock()))
        return lease if until > self._clock() else None

    async def renew(self, lease: Lease, ttl: timedelta) -> bool:
        """Extend to `ttl` from now; False when no longer valid."""
        if not await self.check(lease):
            return False
        self._held[lease.target] = (self._held[lease.target][0], self._clock() + ttl)
        return True

    async def release(self, lease: Lease) -> None:
        """Give it back."""
        if await self.check(lease):
            del self._held[lease.target]

    async def revoke(self, target: str, holder: str) -> None:
        """End the lease of this holder."""
        current = self._current(target)
        if current is not None and current.holder == holder:
            del self._held[target]

    async def holder(self, target: str) -> LeaseHeld | None:
        """Who has the target now."""
        current = self._current(target)
        return current and LeaseHeld(holder=current.holder, since=current.since)

    async def check(self, lease: Lease) -> bool:
        """Whether this very lease is still the valid one."""
        current = self._current(lease.target)
        return current is not None and current.token == lease.token


class MemoryPosts:
    """Posts kept in a dict."""

    def __init__(self) -> None:
        self._known: dict[str, Posted | PostIntent] = {}

    async def intend(self, key: str, channel: str, at: datetime) -> Posted | PostIntent | None:
        """Say that a message is about to be posted; None = you are the first."""
        known = self._known.get(key)
        if known is None:
            self._known[key] = PostIntent(channel=channel, at=at)
        return known

    async def remember(self, key: str, channel: str, ts: str) -> None:
        """The message was posted at `ts`."""
        self._known[key] = Posted(channel=channel, ts=ts)

    async def find(self, key: str) -> Posted | PostIntent | None:
        """What is known of the message."""
        return self._known.get(key)

    async def forget(self, key: str) -> None:
        """Slack refused the message."""
        self._known.pop(key, None)


class MemoryKept:
    """Texts that are forgotten with the process."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._texts: dict[str, tuple[datetime, str]] = {}

    async def keep(self, name: str, text: str, life: timedelta) -> None:
        """Keep a text so long; see the port."""
        self._texts[name] = (self._clock() + life, text)

    async def find(self, name: str) -> str | None:
        """What is kept; see the port."""
        until, text = self._texts.get(name, (None, ""))
        return text if until is not None and self._clock() < until else None
