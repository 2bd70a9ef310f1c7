"""What a room wants recorded, what was recorded, and the ports through which both pass."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(_Frozen):
    """What a room wants recorded: a dotted past-tense type ("incident.declared") and JSON-able data."""

    type: str = Field(min_length=1)
    data: dict[str, JsonValue] = {}


class Who(_Frozen):
    """Who caused a commit: Slack team and user ids (never names), and by which door they came in."""

    team: str
    user: str
    via: Literal["slash", "mention", "button", "modal", "shortcut", "undo", "cli", "timer", "system"]


class Recorded(_Frozen):
    """One event as stored; `version` counts from 1 within its stream, without gaps."""

    stream: str
    version: int
    at: datetime
    who: Who
    type: str
    data: dict[str, JsonValue]


class Write(_Frozen):
    """Events for one stream. `expect`: the version it must be at, 0 = must be new, None = whatever it is."""

    stream: str = Field(min_length=1)
    expect: int | None = Field(default=None, ge=0)
    events: tuple[Event, ...]


class IndexChange(_Frozen):
    """One change of an index, made in the same step as its commit.

    `add`/`remove`: `key` is a member of a sorted set, ordered by `score`.
    `put`/`drop`: `key` is a field of a map, holding `value`.
    """

    op: Literal["add", "remove", "put", "drop"]
    index: str = Field(min_length=1)
    key: str
    value: str = ""
    score: float = 0


class Commit(_Frozen):
    """Everything one request changes, all or nothing.

    `claim` names the request for deduplication (kept for at least 15 minutes); `result` is what a duplicate
    is told, for example "OP-17". `audit` says how the decision came about (request, decision, policy …).
    A commit without writes is still audited, in the stream `gate:<team>:<user>`.
    """

    at: datetime
    who: Who
    claim: str | None = None
    result: str = ""
    writes: tuple[Write, ...] = ()
    indexes: tuple[IndexChange, ...] = ()
    audit: dict[str, JsonValue] = {}

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        streams = [write.stream for write in self.writes]
        if len(set(streams)) != len(streams):
            raise ValueError("a commit writes each stream at most once")
        if self.at.tzinfo is None:
            raise ValueError("the time of a commit needs a time zone")
        return self


class Committed(_Frozen):
    """The commit is on disk. `versions`: stream → its new version.

    `confirmed` is False when the configured replicas did not confirm in time: it may be lost in a failover.
    """

    versions: dict[str, int]
    confirmed: bool = True


def written(commit: Commit, done: Committed) -> dict[str, list[Recorded]]:
    """The events of a commit as they stand in the journal now, by stream."""
    return {
        write.stream: [
            Recorded(
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


class Duplicate(_Frozen):
    """The claim was taken before; `result` is what its first commit said. Nothing was written."""

    result: str


class Conflict(_Frozen):
    """A stream was not at the expected version. Nothing was written."""

    stream: str
    expected: int
    found: int


class Lookup(_Frozen):
    """Asks for the value under `key` of a map (`put`/`drop`); answered by `str | None`."""

    index: str
    key: str


class Members(_Frozen):
    """Asks for members of a sorted set (`add`/`remove`); answered by `list[str]`.

    Ascending by score; with `newest`, at most that many, highest score first. Score bounds are inclusive.
    """

    index: str
    newest: int | None = Field(default=None, ge=1)
    min_score: float | None = None
    max_score: float | None = None


class NextId(_Frozen):
    """Asks for a fresh id of a kind, "OP" → "OP-17"; answered by `str`. Never given twice."""

    kind: str


class Head(_Frozen):
    """Asks for the version of a stream (0 = nothing there); answered by `int`."""

    stream: str


class Tail(_Frozen):
    """Asks for the events of a stream after a version, oldest first; answered by `list[Recorded]`."""

    stream: str
    after: int = 0
    limit: int = Field(default=10_000, ge=1)


class Place(_Frozen):
    """A place of the whole log: an entry's number, and the digest that tells it from another log's."""

    entry: int = 0
    digest: str = ""


class Where(_Frozen):
    """Asks how far the whole log goes; answered by `Place`."""


class Moved(_Frozen):
    """Asks which streams moved after a place of the whole log; answered by `Moves | None`.

    None: the log does not have that place any more, so nothing that was known of it holds.
    """

    after: Place


class Moves(_Frozen):
    """Streams that moved, each with its version then, as far as `to`. `is_all`: nothing comes after."""

    to: Place
    versions: dict[str, int] = {}
    is_all: bool = True


Question = Lookup | Members | NextId | Head | Tail | Where | Moved
Answer = str | None | int | list[str] | list[Recorded] | Place | Moves


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

    async def read(self, stream: str, after: int = 0, limit: int = 10_000) -> list[Recorded]:
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

    async def view(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer several questions, in order, in one round trip."""
        ...


class Lease(_Frozen):
    """The right to change a target until it runs out. `token` rises with every lease of that target."""

    target: str
    holder: str
    token: int
    since: datetime


class Held(_Frozen):
    """Somebody else has the lease."""

    holder: str
    since: datetime


class Leases(Protocol):
    """One change per target at a time. Every method raises JournalUnavailable."""

    async def take(self, target: str, holder: str, ttl: timedelta, now: datetime) -> Lease | Held:
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

    async def holder(self, target: str) -> Held | None:
        """Who has the target now."""
        ...

    async def check(self, lease: Lease) -> bool:
        """Whether this very lease is still the valid one; ask right before each effect."""
        ...


class Posted(_Frozen):
    """Where a message is."""

    channel: str
    ts: str


class Intended(_Frozen):
    """Someone set out to post and nothing more is known: look for it in the channel before posting again."""

    channel: str
    at: datetime


class Posts(Protocol):
    """Where each message was posted, so that none is posted twice. Every method raises JournalUnavailable."""

    async def intend(self, key: str, channel: str, at: datetime) -> Posted | Intended | None:
        """Say that the message `key` is about to be posted. None = go ahead, you are the first."""
        ...

    async def remember(self, key: str, channel: str, ts: str) -> None:
        """The message `key` was posted at `ts`."""
        ...

    async def find(self, key: str) -> Posted | Intended | None:
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
