"""A timeline that is never built anew holds what one sorted from all its entries would."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from model.incidents.entries import CHUNK, Entries
from model.incidents.timeline import Kind, TimelineEntry
from tests.model.incidents.builders import ANA, START


def entry(number: int, minute: int, corrects: int = 0) -> TimelineEntry:
    return TimelineEntry(
        number=number,
        at=START + timedelta(minutes=minute),
        recorded_at=START,
        who=ANA,
        kind=Kind.NOTE,
        text=f"Line {number}",
        corrects=corrects,
    )


def of(minutes: list[int]) -> tuple[Entries, list[TimelineEntry]]:
    written = [entry(number, minute) for number, minute in enumerate(minutes, 1)]
    entries = Entries()
    for one in written:
        entries = entries.plus(one)
    return entries, sorted(written, key=lambda one: (one.at, one.number))


@given(st.lists(st.integers(0, 9), max_size=5 * CHUNK))
def test_entries_stand_by_the_time_they_happened_then_as_they_were_written(minutes: list[int]):
    entries, expected = of(minutes)
    assert list(entries) == expected
    assert list(reversed(entries)) == expected[::-1]
    assert len(entries) == len(expected)


@given(st.lists(st.integers(0, 5), max_size=3 * CHUNK), st.integers(-300, 300), st.integers(-300, 300))
def test_a_part_is_what_a_list_would_give(minutes: list[int], start: int, end: int):
    entries, expected = of(minutes)
    assert list(entries[start:end]) == expected[start:end]
    if -len(expected) <= start < len(expected):
        assert entries[start] == expected[start]


def test_what_was_before_is_as_it_was():
    before, expected = of(list(range(3 * CHUNK)))
    before.plus(entry(999, 0, corrects=2))
    assert (list(before), before.corrected_by) == (expected, {})


def test_one_more_copies_few_of_the_others_wherever_it_stands():
    entries, _ = of(list(range(20 * CHUNK)))
    for minute in (0, 10 * CHUNK, 20 * CHUNK):
        more = entries.plus(entry(9999, minute))
        shared = set(map(id, entries.chunks)) & set(map(id, more.chunks))
        assert len(shared) >= len(entries.chunks) - 1
