"""The journal's ports: commits, what is asked of it, leases, and where messages stand."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol, Self

from pydantic import Field, JsonValue, model_validator

from model.events import Actor, Event, JournalValue, RecordedEvent
from model.ports.log import GetLogPlace, GetMoves, LogPlace, Moves


class Write(JournalValue):
    """Events for one stream. `expect`: the version it must be at, 0 = must be new, None = whatever it is."""

    stream: str = Field(min_length=1)
    expect: int | None = Field(default=None, ge=0)
    events: tuple[Event, ...]


class IndexChange(JournalValue):
    """One change of an index, made in the same step as its commit.

    `add`/`remove`: `key` is a member of a sorted set, ordered by `score`.
    `put`/`drop`: `key` is a field of a map, holding `value`.
    """

    op: Literal["add", "remove", "put", "drop"]
    index: str = Field(min_length=1)
    key: str
    value: str = ""
    score: float = 0


class Commit(JournalValue):
    """Everything one request changes, all or nothing.

    `claim` names the request for deduplication (kept for at least 15 minutes); `result` is what a duplicate
    is told, for example "OP-17". `audit` says how the decision came about (request, decision, policy …).
    A commit without writes is still audited, in the stream `gate:<team>:<user>`.
    """

    at: datetime
    who: Actor
    claim: str | None = None
    result: str = ""
    writes: tuple[Write, ...] = ()
    indexes: tuple[IndexChange, ...] = ()
    audit: dict[str, JsonValue] = Field(default={})

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        streams = [write.stream for write in self.writes]
        if len(set(streams)) != len(streams):
            raise ValueError("a commit writes each stream at most once")
        if self.at.tzinfo is None:
            raise ValueError("the time of a commit needs a time zone")
        return self


class Committed(JournalValue):
    """The commit is on disk. `versions`: stream → its new version.

    `confirmed` is False when the configured replicas did not confirm in time: it may be lost in a failover.
    """

    versions: dict[str, int]
    confirmed: bool = True


class Duplicate(JournalValue):
    """The claim was taken before; `result` is what its first commit said. Nothing was written."""

    result: str


class Conflict(JournalValue):
    """A stream was not at the expected version. Nothing was written."""

    stream: str
    expected: int
    found: int


class GetValue(JournalValue):
    """Asks for the value under `key` of a map (`put`/`drop`); answered by `str | None`."""

    index: str
    key: str


class GetMembers(JournalValue):
    """Asks for members of a sorted set (`add`/`remove`); answered by `list[str]`.

    Ascending by score; with `newest`, at most that many, highest score first. Score bounds are inclusive.
    """

    index: str
    newest: int | None = Field(default=None, ge=1)
    min_score: float | None = None
    max_score: float | None = None


class NextId(JournalValue):
    """Asks for a fresh id of a kind, "OP" → "OP-17"; answered by `str`. Never given twice."""

    kind: str


class GetVersion(JournalValue):
    """Asks for the version of a stream (0 = nothing there); answered by `int`."""

    stream: str


class ReadEvents(JournalValue):
    """Asks for the events of a stream after a version, oldest first; answered by `list[Recorded]`."""

    stream: str
    after: int = 0
    limit: int = Field(default=10_000, ge=1)


JournalQuery = GetValue | GetMembers | NextId | GetVersion | ReadEvents | GetLogPlace | GetMoves


JournalAnswer = str | None | int | list[str] | list[RecordedEvent] | LogPlace | Moves


class JournalUnavailable(Exception):
    """The journal could not be reached or would not write; nothing may be acknowledged. Says what to do.

    Raised by every port of this file. After it, whether a commit was written is unknown: repeat it with
    the same claim.
    """


class Journal(Protocol):
    """The append-only log and its indexes. Every method raises JournalUnavailable."""

    async def commit(self, commit: Commit) -> Committed | Duplicate | Conflict:
        """Write all of it durably, or nothing. A duplicate is recognised before a conflict."""
        ...

    async def read(self, stream: str, after: int = 0, limit: int = 10_000) -> list[RecordedEvent]:
        """Events of a stream with a version greater than `after`, oldest first."""
        ...

    async def heads(self, streams: Sequence[str]) -> list[int]:
        """The version of each stream, in the order asked; 0 = nothing there."""
        ...

    async def next_id(self, kind: str) -> str:
        """A fresh id, "OP" → "OP-17": rising, never given twice."""
        ...

    async def lookup(self, index: str, key: str) -> str | None:
        """The value under a key of a map, or None."""
        ...

    async def lookup_many(self, index: str, keys: Sequence[str]) -> list[str | None]:
        """The values under keys of a map, in the order asked."""
        ...

    async def members(
        self,
        index: str,
        *,
        newest: int | None = None,
        min_score: float | None = None,
        max_score: float | None = None,
    ) -> list[str]:
        """Members of a sorted set; see `Members`."""
        ...

    async def view(self, questions: Sequence[JournalQuery]) -> list[JournalAnswer]:
        """Answer several questions, in order, in one round trip."""
        ...


class Lease(JournalValue):
    """The right to change a target until it runs out. `token` rises with every lease of that target."""

    target: str
    holder: str
    token: int
    since: datetime


class LeaseHeld(JournalValue):
    """Somebody else has the lease."""

    holder: str
    since: datetime


class Leases(Protocol):
    """One change per target at a time. Every method raises JournalUnavailable."""

    async def take(self, target: str, holder: str, ttl: timedelta, now: datetime) -> Lease | LeaseHeld:
        """Take the lease, or learn who has it. `holder` names the operation, not the person.

        The same holder asking again (a runner that was restarted) gets a new token; its old lease is void.
        """
        ...

    async def renew(self, lease: Lease, ttl: timedelta) -> bool:
        """Extend to `ttl` from now; False when the lease is no longer valid."""
        ...

    async def release(self, lease: Lease) -> None:
        """Give it back; nothing happens when it is no longer valid."""
        ...

    async def revoke(self, target: str, holder: str) -> None:
        """End the lease of this holder, whoever runs it; nothing happens when another one has the target."""
        ...

    async def holder(self, target: str) -> LeaseHeld | None:
        """Who has the target now."""
        ...

    async def check(self, lease: Lease) -> bool:
        """Whether this very lease is still the valid one; ask right before each effect."""
        ...


class Posted(JournalValue):
    """Where a message is."""

    channel: str
    ts: str


class PostIntent(JournalValue):
    """Someone set out to post and nothing more is known: look for it in the channel before posting again."""

    channel: str
    at: datetime


class Posts(Protocol):
    """Where each message was posted, so that none is posted twice. Every method raises JournalUnavailable."""

    async def intend(self, key: str, channel: str, at: datetime) -> Posted | PostIntent | None:
        """Say that the message `key` is about to be posted. None = go ahead, you are the first."""
        ...

    async def remember(self, key: str, channel: str, ts: str) -> None:
        """The message `key` was posted at `ts`."""
        ...

    async def find(self, key: str) -> Posted | PostIntent | None:
        """What is known of the message `key`."""
        ...

    async def forget(self, key: str) -> None:
        """Slack definitely refused the message `key`: the next `intend` is the first again."""
        ...


class Kept(Protocol):
    """Texts that can be found out again, kept between starts. Every method raises JournalUnavailable."""

    async def keep(self, name: str, text: str, life: timedelta) -> None:
        """Keep a text for so long, instead of what was kept under that name."""
        ...

    async def find(self, name: str) -> str | None:
        """What is kept under that name; None when nothing is, or when it was not we who kept it."""
        ...


Woken = Callable[[str], None]
"""Told the stream that has news, right after its commit."""


def written(commit: Commit, done: Committed) -> dict[str, list[RecordedEvent]]:
    """The events of a commit as they stand in the journal now, by stream."""
    return {
        write.stream: [
            RecordedEvent(
                stream=write.stream,
                version=done.versions[write.stream] - len(write.events) + number,
                at=commit.at,
                who=commit.who,
                type=event.type,
                data=event.data,
            )
            for number, event in enumerate(write.events, 1)
        ]
        for write in commit.writes
        if write.events
    }
