"""The sums that make the audit log tamper-evident: canonical JSON, the seal of an entry, running digests."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from model.events import Actor, Event
from model.ports.journal import Commit

_PURPOSE = b"muster audit entry 1\n"


class StreamHead(NamedTuple):
    """Where a stream stands: its version and the mac of the newest audit entry that concerns it."""

    version: int = 0
    mac: str = ""

    @classmethod
    def parse(cls, text: str | None) -> "StreamHead":
        """Read what `str(head)` wrote; None and "" are a stream nobody has written."""
        if not text:
            return cls()
        version, _, mac = text.partition(" ")
        return cls(int(version), mac)

    def __str__(self) -> str:
        return f"{self.version} {self.mac}" if self.mac else ""


class LogPosition(NamedTuple):
    """Where the whole log stands: how many entries, and the running digest over their macs."""

    entries: int = 0
    chain: str = ""

    @classmethod
    def parse(cls, text: str | None) -> "LogPosition":
        """Read "<entries> <chain>"; None is an empty log."""
        if not text:
            return cls()
        entries, _, chain = text.partition(" ")
        return cls(int(entries), chain)


class Link(NamedTuple):
    """How one entry hangs on one stream: the head it follows, and the events (canonical JSON) it adds."""

    stream: str
    expect: int | None
    head: StreamHead
    events: tuple[str, ...]
    types: tuple[str, ...]

    @property
    def version(self) -> int:
        """The version of the stream after this entry."""
        return self.head.version + len(self.events)


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, ASCII only. Raises ValueError for NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def event_json(commit: Commit, who: dict[str, str], event: Event) -> str:
    """An event as it is stored; the stream and the version are in its key and its id."""
    return canonical({"at": commit.at.isoformat(), "who": who, "type": event.type, "data": event.data})


def who_json(who: Actor) -> dict[str, str]:
    """A person as it is stored."""
    return {"team": who.team, "user": who.user, "via": who.via}


def digest(events: Sequence[str]) -> str:
    """SHA-256 over stored events; canonical JSON holds no line break, so joining is unambiguous."""
    return hashlib.sha256("\n".join(events).encode(errors="surrogateescape")).hexdigest()


def entry_json(commit: Commit, who: dict[str, str], links: Sequence[Link], seen: LogPosition) -> str:
    """The audit entry of a commit.

    `seen` is the newest position of the whole log its writer knew of. As it is part of what is sealed, every
    entry vouches for all entries before that position: none of them can be removed or reordered unnoticed.
    """
    return canonical(
        {
            "at": commit.at.isoformat(),
            "who": who,
            "claim": commit.claim,
            "result": commit.result,
            "audit": commit.audit,
            "seen": list(seen),
            "links": [
                {
                    "stream": link.stream,
                    "prev": link.head.mac,
                    "after": link.head.version,
                    "types": link.types,
                    "events": digest(link.events),
                }
                for link in links
            ],
        }
    )


def seal(key: bytes, entry: str) -> str:
    """HMAC-SHA-256 (hex) of an entry as stored. The key never leaves this process."""
    return hmac.digest(key, _PURPOSE + entry.encode(errors="surrogateescape"), "sha256").hex()


def roll(chain: str, mac: str) -> str:
    """The running digest after one more entry; the same sum as in commit.lua.

    SHA-1 is enough here (and all that Lua offers): its input are macs, which an attacker cannot choose.
    """
    return hashlib.sha1((chain + mac).encode(errors="surrogateescape"), usedforsecurity=False).hexdigest()
