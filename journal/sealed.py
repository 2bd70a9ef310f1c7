"""Whether a stream's events are those that the audit log sealed: asked before something grave follows."""

import json
from collections.abc import Sequence
from typing import Any, cast

from journal.audit import Stored, entries
from journal.chain import LogPosition, StreamHead, digest, roll, seal
from journal.redis import RedisJournal

MOST = 200_000
"""Entries that are looked through for one stream; an operation's are among the newest."""


class Unsealed(Exception):
    """The stream holds what no entry of the audit log speaks of; says what."""


async def must_be_sealed(journal: RedisJournal, stream: str, after: int = 0) -> None:
    """Hold every event of a stream after a version against its entries, newest first.

    Raises Unsealed or JournalUnavailable.
    """
    head_text, stored = await journal.wire.together(
        [("HGET", journal.keys.heads, stream), ("XRANGE", journal.keys.stream(stream), "-", "+")], atomic=True
    )
    head = StreamHead.parse(cast("str | None", head_text))
    events = _in_order(cast("Sequence[Any]", stored))
    if len(events) != head.version:
        raise Unsealed(f"it holds {len(events)} events, and its head says {head.version}")
    looked = 0
    async for entry in entries(journal, newest_first=True):
        if head.version <= after:
            return
        looked += 1
        if looked > MOST:
            break
        if entry.mac == head.mac:
            head = _before(journal.mac_key, entry, stream, head, events)
    if head.version > after:
        raise Unsealed(f"no entry of the audit log speaks of its events up to {head.version}")


def _in_order(stored: Sequence[Any]) -> list[str]:
    events: list[str] = []
    for version, (id, fields) in enumerate(stored, 1):
        if id != f"{version}-0" or list(fields) != ["e"]:
            raise Unsealed(f"event {version} is missing or is no event")
        events.append(str(fields["e"]))
    return events


def _before(key: bytes, entry: Stored, stream: str, head: StreamHead, events: Sequence[str]) -> StreamHead:
    """The head of the stream before this entry, once the entry and the events it adds are what was sealed."""
    if seal(key, entry.text) != entry.mac:
        raise Unsealed(f"entry {entry.number} was altered, or sealed with another key")
    link = next((one for one in json.loads(entry.text)["links"] if one["stream"] == stream), None)
    if link is None or link["after"] + len(link["types"]) != head.version:
        raise Unsealed(f"entry {entry.number} does not add up to version {head.version}")
    if digest(events[link["after"] : head.version]) != link["events"]:
        raise Unsealed(f"events up to {head.version} are not what entry {entry.number} sealed")
    return StreamHead(link["after"], link["prev"])


async def advanced(journal: RedisJournal, known: LogPosition) -> LogPosition:
    """The position after all entries that follow a verified one. Raises Unsealed at one that is bad."""
    tip = known
    async for entry in entries(journal, after=known.entries):
        chain = roll(tip.chain, entry.mac)
        if entry.number != f"{tip.entries + 1}-0" or entry.chain != chain:
            raise Unsealed(f"entry {tip.entries + 1} does not follow the one before it")
        if seal(journal.mac_key, entry.text) != entry.mac:
            raise Unsealed(f"entry {tip.entries + 1} was altered, or sealed with another key")
        tip = LogPosition(tip.entries + 1, chain)
    return tip


async def still_holds(journal: RedisJournal, anchor: LogPosition) -> str:
    """Why the log is not the one that an anchor was taken of; empty when it is. Raises JournalUnavailable."""
    if journal.tip.entries < anchor.entries:
        return f"the audit log has {journal.tip.entries} entries, and had {anchor.entries} before"
    found = await journal.wire.call(
        "XRANGE", journal.keys.audit, f"{anchor.entries}-0", f"{anchor.entries}-0"
    )
    chain = str(dict(found[0][1]).get("c", "")) if found else ""
    return "" if chain == anchor.chain else f"entry {anchor.entries} is not the one that was there before"
