"""What follows from a stream is what the audit log sealed; what was put there beside it is noticed."""

import json

import pytest

from journal.chain import LogPosition
from journal.sealed import Unsealed, advanced, must_be_sealed, still_holds
from tests.journal.builders import commit, write


async def test_what_was_committed_is_sealed(opened):
    for number in range(1, 4):
        await opened.journal.commit(commit(write("op:1", number), write("other", number)))
    await must_be_sealed(opened.journal, "op:1")
    await must_be_sealed(opened.journal, "never written")


async def forged(opened, bump: bool) -> None:
    keys, client = opened.journal.keys, opened.client
    event = json.dumps({"at": "2026-11-27T00:00:00+00:00", "who": {}, "type": "op.confirmed", "data": {}})
    await client.xadd(keys.stream("op:1"), {"e": event}, id="2-0")
    if bump:
        head = await client.hget(keys.heads, "op:1")
        await client.hset(keys.heads, "op:1", f"2 {head.partition(' ')[2]}")


@pytest.mark.parametrize("bump", [True, False], ids=["head-too", "event-only"])
async def test_an_event_that_was_added_beside_the_log_is_noticed(opened, bump):
    await opened.journal.commit(commit(write("op:1", 1)))
    await forged(opened, bump)
    with pytest.raises(Unsealed):
        await must_be_sealed(opened.journal, "op:1")


async def test_an_event_that_was_altered_is_noticed(opened):
    await opened.journal.commit(commit(write("op:1", 1)))
    key = opened.journal.keys.stream("op:1")
    [(_, fields)] = await opened.client.xrange(key)
    await opened.client.delete(key)
    await opened.client.xadd(key, {"e": fields["e"].replace("2", "3")}, id="1-0")
    with pytest.raises(Unsealed):
        await must_be_sealed(opened.journal, "op:1")


async def test_a_position_advances_over_whole_entries_only(opened):
    for number in range(1, 4):
        await opened.journal.commit(commit(write("a", number)))
    tip = await advanced(opened.journal, LogPosition())
    assert tip == opened.journal.tip
    assert await still_holds(opened.journal, tip) == ""
    await opened.client.xadd(opened.journal.keys.audit, {"j": "{}", "m": "00", "c": "00"}, id="4-0")
    with pytest.raises(Unsealed):
        await advanced(opened.journal, tip)


async def test_a_log_that_is_shorter_or_another_is_told(opened):
    await opened.journal.commit(commit(write("a", 1)))
    assert "had 9 before" in await still_holds(opened.journal, LogPosition(9, "x"))
    assert "not the one" in await still_holds(opened.journal, LogPosition(1, "x"))
