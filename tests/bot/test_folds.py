"""States are folded once, however many read them at the same moment."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.clock import utc_now
from bot.gate.projections import AT_ONCE, Projection
from journal.memory import MemoryJournal
from model.events import Actor, Event, RecordedEvent
from model.ports.journal import Commit, Write

WHO = Actor(team="T0", user="U0", via="slash")


@dataclass(frozen=True)
class Counted:
    version: int
    seen: tuple[int, ...]


def fold(records: Iterable[RecordedEvent], start: Counted | None = None) -> Counted | None:
    for record in records:
        start = start or Counted(0, ())
        assert record.version == start.version + 1, "an event was folded twice, or left out"
        start = replace(start, version=record.version, seen=(*start.seen, record.version))
    return start


async def add(journal: MemoryJournal, stream: str = "x:1") -> None:
    write = Write(stream=stream, events=(Event(type="x.happened"),))
    await journal.commit(Commit(at=utc_now(), who=WHO, writes=(write,)))


def folds(journal: MemoryJournal) -> Projection[Counted]:
    return Projection(journal, lambda id: f"x:{id}", fold)


async def test_readers_at_the_same_moment_fold_each_event_once():
    journal = MemoryJournal()
    for _ in range(5):
        await add(journal)
    reading = folds(journal)
    states = await asyncio.gather(*(reading.get("1") for _ in range(10)))
    assert {state.version for state in states if state} == {5}


async def test_an_answer_that_comes_late_does_not_fold_again_what_is_known():
    journal = MemoryJournal()
    await add(journal)
    reading = folds(journal)
    late = await journal.view(reading.questions(["1"]))
    await add(journal)
    await reading.get("1")
    assert reading.take(["1"], late).states["1"].version == 2


async def test_a_state_dropped_between_question_and_answer_is_read_anew():
    journal = MemoryJournal()
    await add(journal)
    reading = folds(journal)
    await reading.get("1")
    await add(journal)
    late = await journal.view(reading.questions(["1"]))
    other = folds(journal)
    assert other.take(["1"], late).states == {}
    found = await other.get("1")
    assert found is not None
    assert found.version == 2


async def test_what_was_never_recorded_is_not_there():
    assert await folds(MemoryJournal()).get("1") is None


async def test_a_state_of_the_past_is_the_one_of_then_however_it_is_asked():
    journal = MemoryJournal()
    for _ in range(9):
        await add(journal)
    reading = folds(journal)
    for version in (3, 5, 9, 2, 7):
        then = await reading.as_of("1", version)
        assert then is not None
        assert then.seen == tuple(range(1, version + 1))
    await reading.get("1")
    assert await reading.as_of("1", 9) == await reading.get("1")
    assert await reading.as_of("1", 10) is None


async def test_a_stream_longer_than_is_read_at_once_is_folded_to_its_end():
    journal = MemoryJournal()
    event = Event(type="x.happened")
    write = Write(stream="x:1", events=(event,) * (2 * AT_ONCE + 1))
    await journal.commit(Commit(at=utc_now(), who=WHO, writes=(write,)))
    found = await Projection(journal, lambda id: f"x:{id}", count).get("1")
    assert found is not None
    assert found.version == 2 * AT_ONCE + 1


def count(records: Iterable[RecordedEvent], start: Counted | None = None) -> Counted | None:
    for record in records:
        assert record.version == (start.version if start else 0) + 1
        start = Counted(record.version, ())
    return start
