"""Proving that nobody altered the audit log or the events it speaks of."""

import json
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any

from journal.audit import Stored, entries
from journal.chain import LogPosition, StreamHead, digest, roll, seal
from journal.indexes import names_of
from journal.redis import RedisJournal

PAGE = 200


@dataclass(frozen=True)
class FirstBad:
    """Where the log stops being what was written: an entry's number, or a stream, and what is wrong."""

    where: str
    why: str


@dataclass(frozen=True)
class Verdict:
    """What verification found. `tip` is a position to keep elsewhere, and to give to the next one."""

    ok: bool
    entries: int
    first_bad: FirstBad | None
    tip: LogPosition


class _Bad(Exception):
    def __init__(self, where: str, why: str) -> None:
        super().__init__(where, why)
        self.found = FirstBad(where, why)


@dataclass
class _Verification:
    """What is known after the entries so far."""

    key: bytes
    tips: list[LogPosition] = field(default_factory=lambda: [LogPosition()])
    heads: dict[str, StreamHead] = field(default_factory=dict[str, StreamHead])
    links: list[tuple[int, dict[str, Any]]] = field(default_factory=list[tuple[int, dict[str, Any]]])

    def step(self, stored: Stored) -> None:
        """Take in one entry. Raises _Bad."""
        number = len(self.tips)
        where = f"entry {number}"
        if stored.number != f"{number}-0":
            raise _Bad(where, f"it is missing; the next one there is {stored.number}")
        if not _same(stored.mac, seal(self.key, stored.text)):
            raise _Bad(where, "its text was altered, or it was sealed with another key")
        chain = roll(self.tips[-1].chain, stored.mac)
        if not _same(stored.chain, chain):
            raise _Bad(where, "its running digest was altered")
        entry = json.loads(stored.text)
        seen = LogPosition(*entry["seen"])
        if seen.entries >= number:
            raise _Bad(where, f"its writer had seen {seen.entries} entries before it: some are lost")
        if seen != self.tips[seen.entries]:
            raise _Bad(f"entry {seen.entries}", f"it, or one before it, is not what {where} had seen there")
        for link in entry["links"]:
            self._link(number, link, stored.mac)
        self.tips.append(LogPosition(number, chain))

    def _link(self, number: int, link: dict[str, Any], mac: str) -> None:
        head = self.heads.get(link["stream"], StreamHead())
        if (head.version, head.mac) != (link["after"], link["prev"]):
            raise _Bad(f"entry {number}", f"it does not follow the entry before it of {link['stream']}")
        self.heads[link["stream"]] = StreamHead(head.version + len(link["types"]), mac)
        if link["types"]:
            self.links.append((number, link))


async def verify(journal: RedisJournal, anchor: LogPosition | None = None) -> Verdict:
    """Walk the whole log and every stream, and compare them with their seals; commits may go on meanwhile.

    Finds every altered, removed, inserted or reordered entry or event. Entries that no later entry has seen
    (the newest ones) can be cut off unnoticed together with their streams and heads; an `anchor`, the `tip`
    of an earlier verdict kept outside of the server, closes that gap up to the anchor.
    Raises JournalUnavailable.
    """
    walk = _Verification(journal.mac_key)
    wire, keys = journal.wire, journal.keys
    tip_text, head_texts = await wire.together([("GET", keys.tip), ("HGETALL", keys.heads)], atomic=True)
    tip = LogPosition.parse(tip_text)
    heads = {stream: StreamHead.parse(text) for stream, text in head_texts.items()}
    try:
        async for stored in entries(journal):
            if len(walk.tips) <= tip.entries:
                walk.step(stored)
        _check_anchor(walk, anchor)
        _check_ends(walk, tip, heads)
        await _check_lengths(journal, walk)
        for start in range(0, len(walk.links), PAGE):
            await _check_events(journal, walk.links[start : start + PAGE])
    except _Bad as bad:
        return Verdict(False, len(walk.tips) - 1, bad.found, walk.tips[-1])
    return Verdict(True, len(walk.tips) - 1, None, walk.tips[-1])


def _check_anchor(walk: _Verification, anchor: LogPosition | None) -> None:
    if anchor is None or anchor in walk.tips:
        return
    if anchor.entries >= len(walk.tips):
        raise _Bad(f"entry {len(walk.tips)}", f"it is missing; there were {anchor.entries} entries before")
    raise _Bad(f"entry {anchor.entries}", "it, or one before it, is not what an earlier verification saw")


def _check_ends(walk: _Verification, tip: LogPosition, heads: dict[str, StreamHead]) -> None:
    if tip != walk.tips[-1]:
        raise _Bad(f"entry {len(walk.tips)}", "it is missing, or the end of the log was altered")
    for stream in sorted(heads.keys() | walk.heads.keys()):
        if heads.get(stream) != walk.heads.get(stream):
            raise _Bad(f"stream {stream}", "its head is not what its newest entry says")


async def _check_lengths(journal: RedisJournal, walk: _Verification) -> None:
    """No stream holds events that no entry speaks of."""
    wire, keys = journal.wire, journal.keys
    prefix = keys.stream("")
    names = {name.removeprefix(prefix) async for name in names_of(journal, prefix)}
    for stream in sorted(names | walk.heads.keys()):
        length, head = await wire.together(
            [("XLEN", keys.stream(stream)), ("HGET", keys.heads, stream)], atomic=True
        )
        if int(length) != StreamHead.parse(head).version:
            raise _Bad(f"stream {stream}", f"it holds {length} events, which is not what its entries say")


async def _check_events(journal: RedisJournal, links: list[tuple[int, dict[str, Any]]]) -> None:
    spans = [(link["after"] + 1, link["after"] + len(link["types"])) for _, link in links]
    replies = await journal.wire.together(
        [
            ("XRANGE", journal.keys.stream(link["stream"]), f"{first}-0", f"{last}-0")
            for (_, link), (first, last) in zip(links, spans, strict=True)
        ]
    )
    for (number, link), (first, last), stored in zip(links, spans, replies, strict=True):
        what = f"events {first} to {last} of {link['stream']}"
        if [id_ for id_, _ in stored] != [f"{version}-0" for version in range(first, last + 1)]:
            raise _Bad(f"entry {number}", f"{what} are missing")
        if any(list(fields) != ["e"] for _, fields in stored) or not _same(
            digest([fields["e"] for _, fields in stored]), link["events"]
        ):
            raise _Bad(f"entry {number}", f"{what} were altered")


def _same(left: str, right: str) -> bool:
    return compare_digest(left.encode(errors="surrogateescape"), right.encode(errors="surrogateescape"))
