"""What every journal promises, tested on memory, the embedded Valkey and a real redis-server."""

import asyncio

import pytest

from model.ports.journal import (
    Committed,
    Conflict,
    Duplicate,
    GetMembers,
    GetValue,
    GetVersion,
    IndexChange,
    NextId,
    ReadEvents,
    Write,
)
from model.ports.log import GetLogPlace, GetMoves, Moves
from tests.journal.builders import ANN, NOW, add, commit, event, put, write


async def test_a_commit_appends_its_events_in_order_with_versions_from_one(ports):
    first = await ports.journal.commit(commit(write("incident:1", 1, 2), write("target:api", 3)))
    second = await ports.journal.commit(commit(write("incident:1", 4)))
    assert first == Committed(versions={"incident:1": 2, "target:api": 1})
    assert second == Committed(versions={"incident:1": 3})
    stored = await ports.journal.read("incident:1")
    assert [(e.version, e.data["number"]) for e in stored] == [(1, 1), (2, 2), (3, 4)]
    assert stored[0].model_dump() == {
        "stream": "incident:1", "version": 1, "at": NOW, "who": ANN.model_dump(),
        "type": "note.added", "data": event(1).data,
    }  # fmt: skip


async def test_reading_starts_after_a_version_and_stops_at_a_limit(ports):
    await ports.journal.commit(commit(write("a", *range(1, 11))))
    assert [e.version for e in await ports.journal.read("a", after=3, limit=4)] == [4, 5, 6, 7]
    assert await ports.journal.read("a", after=10) == []
    assert await ports.journal.read("nobody") == []


async def test_a_repeated_claim_is_told_the_first_result_and_writes_nothing(ports):
    await ports.journal.commit(commit(write("op", 1), claim="request-1", result="OP-1"))
    again = await ports.journal.commit(
        commit(write("op", 2), write("other", 1), claim="request-1", result="OP-2")
    )
    assert again == Duplicate(result="OP-1")
    assert await ports.journal.heads(["op", "other"]) == [1, 0]


async def test_three_deliveries_at_the_same_moment_have_one_effect(ports):
    same = commit(write("op", 1), claim="delivery", result="OP-1", indexes=(add("ops", "op", 1),))
    outcomes = await asyncio.gather(*(ports.journal.commit(same) for _ in range(3)))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Committed", "Duplicate", "Duplicate"]
    assert [outcome.result for outcome in outcomes if isinstance(outcome, Duplicate)] == ["OP-1", "OP-1"]
    assert len(await ports.journal.read("op")) == 1


async def test_a_duplicate_is_recognised_before_a_conflict(ports):
    same = commit(write("op", 1, expect=0), claim="request", result="OP-1")
    await ports.journal.commit(same)
    assert await ports.journal.commit(same) == Duplicate(result="OP-1")


async def test_a_wrong_expectation_writes_nothing_at_all(ports):
    await ports.journal.commit(commit(write("a", 1)))
    refused = await ports.journal.commit(
        commit(write("b", 1), write("a", 2, expect=0), claim="c", indexes=(put("map", "k", "v"),))
    )
    assert refused == Conflict(stream="a", expected=0, found=1)
    assert await ports.journal.heads(["a", "b"]) == [1, 0]
    assert await ports.journal.lookup("map", "k") is None
    assert isinstance(await ports.journal.commit(commit(write("a", 2, expect=1), claim="c")), Committed)


async def test_of_two_writers_with_one_expectation_one_wins(ports):
    outcomes = await asyncio.gather(
        *(ports.journal.commit(commit(write("a", n, expect=0))) for n in range(5))
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Committed", *["Conflict"] * 4]
    assert len(await ports.journal.read("a")) == 1


async def test_appends_without_an_expectation_all_land(ports):
    outcomes = await asyncio.gather(
        *(ports.journal.commit(commit(write("a", n), write("b", n))) for n in range(30))
    )
    assert sorted(o.versions["a"] for o in outcomes) == list(range(1, 31))
    assert sorted(e.data["number"] for e in await ports.journal.read("a")) == list(range(30))


async def test_a_commit_without_writes_claims_all_the_same(ports):
    refusal = commit(claim="request", result="refused", audit={"decision": "deny"})
    assert await ports.journal.commit(refusal) == Committed(versions={})
    assert await ports.journal.commit(refusal) == Duplicate(result="refused")


async def test_ids_rise_and_are_never_given_twice(ports):
    ids = await asyncio.gather(*(ports.journal.next_id("OP") for _ in range(20)))
    assert sorted(ids, key=lambda i: int(i[3:])) == [f"OP-{n}" for n in range(1, 21)]
    assert await ports.journal.next_id("INC") == "INC-1"


async def test_a_map_is_changed_with_its_commit(ports):
    await ports.journal.commit(commit(indexes=(put("m", "a", "1"), put("m", "b", "2"), put("m", "c", ""))))
    await ports.journal.commit(
        commit(indexes=(IndexChange(op="drop", index="m", key="b"), put("m", "a", "3")))
    )
    assert await ports.journal.lookup_many("m", ["a", "b", "c"]) == ["3", None, ""]
    assert await ports.journal.lookup("m", "a") == "3"
    assert await ports.journal.lookup_many("m", []) == []


async def test_members_are_ordered_by_score(ports):
    scores = {"a": 3, "b": 1.5, "c": 2, "d": 10}
    await ports.journal.commit(commit(indexes=tuple(add("z", key, score) for key, score in scores.items())))
    await ports.journal.commit(
        commit(indexes=(IndexChange(op="remove", index="z", key="d"), add("z", "b", 4)))
    )
    assert await ports.journal.members("z") == ["c", "a", "b"]
    assert await ports.journal.members("z", newest=2) == ["b", "a"]
    assert await ports.journal.members("z", min_score=3) == ["a", "b"]
    assert await ports.journal.members("z", newest=1, max_score=3) == ["a"]
    assert await ports.journal.members("nothing") == []


async def test_a_view_answers_in_the_order_asked(ports):
    await ports.journal.commit(commit(write("a", 1, 2), indexes=(put("m", "k", "v"), add("z", "x", 1))))
    answers = await ports.journal.view(
        [
            GetValue(index="m", key="k"),
            GetMembers(index="z"),
            NextId(kind="OP"),
            GetVersion(stream="a"),
            ReadEvents(stream="a", after=1),
            GetValue(index="m", key="?"),
        ]
    )
    assert answers == ["v", ["x"], "OP-1", 2, await ports.journal.read("a", after=1), None]
    assert await ports.journal.view([]) == []


def test_a_commit_writes_each_stream_at_most_once():
    with pytest.raises(ValueError, match="at most once"):
        commit(write("a", 1), Write(stream="a", events=()))


async def test_the_log_tells_which_streams_moved_after_a_place(ports):
    start = (await ports.journal.view([GetLogPlace()]))[0]
    await ports.journal.commit(commit(write("a", 1, 2), write("b", 1)))
    (moves,) = await ports.journal.view([GetMoves(after=start)])
    assert (moves.versions, moves.is_all) == ({"a": 2, "b": 1}, True)
    assert [moves.to] == await ports.journal.view([GetLogPlace()])
    await ports.journal.commit(commit(write("a", 3)))
    await ports.journal.commit(commit())
    (more,) = await ports.journal.view([GetMoves(after=moves.to)])
    assert more.versions == {"a": 3}
    assert [Moves(to=more.to)] == await ports.journal.view([GetMoves(after=more.to)])
