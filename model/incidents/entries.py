"""A timeline's entries, by the time they happened: one more costs the same however many there are."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

from model.incidents.timeline import Kind, TimelineEntry

CHUNK = 64
"""Entries that are kept together: a new one copies these and a reference to each other chunk, no more."""


@dataclass(frozen=True)
class Entries(Sequence[TimelineEntry]):
    """Never changed: `plus` gives another. Those of one moment stand as they were written.

    counts: how many there are of each kind. corrected_by: number of an entry → of the one that sets it right.
    removed: numbers of those that should not have been written.
    """

    chunks: tuple[tuple[TimelineEntry, ...], ...] = ()
    counts: Mapping[Kind, int] = field(default_factory=dict[Kind, int])
    corrected_by: Mapping[int, int] = field(default_factory=dict[int, int])
    removed: frozenset[int] = frozenset()

    def plus(self, entry: TimelineEntry) -> "Entries":
        """With one more, in its place."""
        counts = {**self.counts, entry.kind: self.counts.get(entry.kind, 0) + 1}
        corrected = self.corrected_by
        if entry.corrects:
            corrected = {**corrected, entry.corrects: entry.number}
        removed = self.removed | {entry.corrects} if entry.removes else self.removed
        return Entries(self._with(entry), counts, corrected, removed)

    def _with(self, entry: TimelineEntry) -> tuple[tuple[TimelineEntry, ...], ...]:
        place = len(self.chunks) - 1
        while place > 0 and _order(self.chunks[place][0]) > _order(entry):
            place -= 1
        if place < 0:
            return ((entry,),)
        chunk = self.chunks[place]
        at = bisect_right(chunk, _order(entry), key=_order)
        is_last = place == len(self.chunks) - 1 and at == len(chunk)
        if is_last and len(chunk) >= CHUNK:
            return (*self.chunks, (entry,))
        more = (*chunk[:at], entry, *chunk[at:])
        parts = (more,) if len(more) <= 2 * CHUNK else (more[:CHUNK], more[CHUNK:])
        return (*self.chunks[:place], *parts, *self.chunks[place + 1 :])

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __iter__(self) -> Iterator[TimelineEntry]:
        return (entry for chunk in self.chunks for entry in chunk)

    def __reversed__(self) -> Iterator[TimelineEntry]:
        return (entry for chunk in reversed(self.chunks) for entry in reversed(chunk))

    @overload
    def __getitem__(self, index: int) -> TimelineEntry: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[TimelineEntry, ...]: ...

    def __getitem__(self, index: int | slice) -> TimelineEntry | tuple[TimelineEntry, ...]:
        if isinstance(index, int):
            at = range(len(self))[index]
            return self._between(at, at + 1)[0]
        start, end, step = index.indices(len(self))
        return self._between(start, end)[::step] if step > 0 else tuple(self)[index]

    def _between(self, start: int, end: int) -> tuple[TimelineEntry, ...]:
        """Looked for from the newest on, as these are what people look at."""
        found: list[tuple[TimelineEntry, ...]] = []
        first = len(self)
        for chunk in reversed(self.chunks):
            after, first = first, first - len(chunk)
            if first < end and start < after:
                found.append(chunk[max(0, start - first) : end - first])
            if first <= start:
                break
        return tuple(entry for part in reversed(found) for entry in part)


def _order(entry: TimelineEntry) -> tuple[object, int]:
    return entry.at, entry.number
