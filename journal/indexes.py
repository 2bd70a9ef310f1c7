"""The lists of the journal, held against the events that they are made from, and mended where they differ."""

import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from journal.answers import recorded
from journal.chain import StreamHead
from journal.redis import RedisJournal
from journal.redis_connection import Command, Script
from model.events import UNDECODED, RecordedEvent
from model.ports.journal import IndexChange

REINDEX = Script("reindex")
PAGE = 50
"""Streams that are read at a time, so that others have their turn between."""

_CLOSE = 0.001
"""Seconds by which a score may differ: it is a float on the server."""


@dataclass(frozen=True)
class Derivation:
    """How lists are made. kinds: what stands before the colon of streams that are in lists at all.

    types: events that move something. changes: what a stream did to the lists, each with its time.
    owner: the stream that an entry of a list comes from, empty for lists that are made from none.
    """

    kinds: frozenset[str]
    types: frozenset[str]
    changes: Callable[[str, Sequence[RecordedEvent]], Iterable[tuple[datetime, IndexChange]]]
    owner: Callable[[IndexChange], str]


@dataclass(frozen=True)
class Wrong:
    """An entry of a list that is not as the events say, and what puts it right."""

    change: IndexChange
    stream: str
    version: int

    @property
    def says(self) -> str:
        """`operations-unfinished lacks OP-7`."""
        word = {"add": "lacks", "put": "lacks", "remove": "has", "drop": "has"}[self.change.op]
        return f"{self.change.index} {word} {self.change.key}"


@dataclass
class _Lists:
    """Lists as they stand, or as they should: sorted sets with scores, maps with values."""

    ordered: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    maps: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def apply(self, change: IndexChange) -> None:
        match change.op:
            case "add":
                self.ordered[change.index][change.key] = change.score
            case "remove":
                self.ordered[change.index].pop(change.key, None)
            case "put":
                self.maps[change.index][change.key] = change.value
            case "drop":
                self.maps[change.index].pop(change.key, None)


async def differing(journal: RedisJournal, how: Derivation) -> list[Wrong]:
    """Every entry that is not as the events say; commits may go on meanwhile. Raises JournalUnavailable.

    A list that moved while it was looked at may seem to differ: what is told has been seen twice.
    """
    first = await _once(journal, how)
    if not first:
        return []
    again = await _once(journal, how)
    return [one for one in first if one in again]


async def mend(journal: RedisJournal, wrong: Iterable[Wrong]) -> int:
    """Put entries right whose stream has not moved since; how many were. Raises JournalUnavailable."""
    done = 0
    for one in wrong:
        change = one.change
        is_ordered = change.op in {"add", "remove"}
        index = journal.keys.ordered(change.index) if is_ordered else journal.keys.map(change.index)
        value = change.score if is_ordered else change.value
        args = [one.stream, one.version, change.op, change.key, value]
        done += int(await journal.wire.run(REINDEX, [journal.keys.heads, index], args))
    return done


async def _once(journal: RedisJournal, how: Derivation) -> list[Wrong]:
    stored = await _stored(journal)
    heads, derived, unknown = await _derived(journal, how)
    found = _compared(stored, derived, heads, how)
    return sorted((one for one in found if one.stream not in unknown), key=lambda one: one.says)


def _compared(stored: _Lists, derived: _Lists, heads: Mapping[str, int], how: Derivation) -> Iterable[Wrong]:
    def wrong(change: IndexChange) -> Iterable[Wrong]:
        stream = how.owner(change)
        if stream:
            yield Wrong(change, stream, heads.get(stream, 0))

    for index in stored.ordered.keys() | derived.ordered.keys():
        are, should = stored.ordered.get(index, {}), derived.ordered.get(index, {})
        for key, score in should.items():
            if key not in are or abs(are[key] - score) > _CLOSE:
                yield from wrong(IndexChange(op="add", index=index, key=key, score=score))
        for key in are.keys() - should.keys():
            yield from wrong(IndexChange(op="remove", index=index, key=key))
    for index in stored.maps.keys() | derived.maps.keys():
        have, ought = stored.maps.get(index, {}), derived.maps.get(index, {})
        for key, value in ought.items():
            if have.get(key) != value:
                yield from wrong(IndexChange(op="put", index=index, key=key, value=value))
        for key in have.keys() - ought.keys():
            yield from wrong(IndexChange(op="drop", index=index, key=key, value=have[key]))


async def _stored(journal: RedisJournal) -> _Lists:
    lists, wire = _Lists(), journal.wire
    ordered, maps = journal.keys.ordered(""), journal.keys.map("")
    async for name in names_of(journal, ordered):
        scored = cast("list[tuple[str, float]]", await wire.call("ZRANGE", name, 0, -1, "WITHSCORES"))
        lists.ordered[name.removeprefix(ordered)] = {key: float(score) for key, score in scored}
    async for name in names_of(journal, maps):
        lists.maps[name.removeprefix(maps)] = cast("dict[str, str]", await wire.call("HGETALL", name))
    return lists


async def _derived(journal: RedisJournal, how: Derivation) -> tuple[dict[str, int], _Lists, set[str]]:
    """The version of each stream, the lists as they follow from all of them, and streams that say nothing.

    What began in a form that is not known here may belong in a list or not: it stays as it is.
    """
    texts = cast("dict[str, str]", await journal.wire.call("HGETALL", journal.keys.heads))
    heads = {name: StreamHead.parse(text).version for name, text in texts.items()}
    names = [name for name in heads if name.partition(":")[0] in how.kinds]
    changes: list[tuple[datetime, IndexChange]] = []
    unknown: set[str] = set()
    for start in range(0, len(names), PAGE):
        for stream, records in await _read(journal, names[start : start + PAGE], how):
            if records and records[0].type == UNDECODED:
                unknown.add(stream)
            changes.extend(how.changes(stream, records))
    lists = _Lists()
    for _, change in sorted(changes, key=lambda one: one[0]):
        lists.apply(change)
    return heads, lists, unknown


async def _read(
    journal: RedisJournal, names: Sequence[str], how: Derivation
) -> list[tuple[str, list[RecordedEvent]]]:
    """Of each stream the first event, and those that move something."""
    asked: list[Command] = [("XRANGE", journal.keys.stream(name), "-", "+") for name in names]
    marks = [json.dumps(type_) for type_ in how.types]

    def moving(name: str, stored: list[Any]) -> list[RecordedEvent]:
        told = stored[:1] + [one for one in stored[1:] if any(mark in one[1].get("e", "") for mark in marks)]
        return [recorded(name, id_, fields) for id_, fields in told]

    replies = await journal.wire.together(asked)
    return [(name, moving(name, stored)) for name, stored in zip(names, replies, strict=True)]


async def names_of(journal: RedisJournal, prefix: str) -> AsyncGenerator[str]:
    """Names of the server's keys that begin so, each once."""
    literal = "".join(f"\\{letter}" if letter in "*?[]\\" else letter for letter in prefix)
    cursor, seen = 0, set[str]()
    while True:
        cursor, names = await journal.wire.call("SCAN", cursor, "MATCH", f"{literal}*", "COUNT", 1000)
        for name in set(cast("list[str]", names)) - seen:
            seen.add(name)
            yield name
        if int(cursor) == 0:
            return
