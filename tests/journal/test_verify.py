"""Whoever alters, removes, inserts or reorders what was recorded is found out."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journal.audit import Filter, export, show
from journal.chain import roll, seal
from journal.keys import Keys
from journal.opening import Opened
from journal.redis import RedisJournal
from journal.verify import verify
from tests.journal.builders import ANN, NOW, commit, write
from tests.journal.conftest import KEY, opened_on, real_now

KEYS = Keys()
HISTORY = [
    commit(write("incident:1", 1, 2), audit={"request": "/incident declare"}),
    commit(write("op:1", 1, expect=0), write("target:api", 1), claim="c1", result="OP-1"),
    commit(audit={"decision": "deny"}),
    commit(write("incident:1", 3)),
    commit(write("op:1", 2), write("target:api", 2), audit={"policy": "on-call"}),
    commit(audit={"decision": "deny"}),
    commit(write("incident:2", 1, expect=0)),
    commit(write("incident:1", 4), write("incident:2", 2)),
]


@pytest.fixture
async def opened(folder) -> AsyncGenerator[Opened]:
    async with opened_on("embedded", folder) as opened:
        for each in HISTORY:
            await opened.journal.commit(each)
        yield opened


async def found(opened: Opened, anchor=None) -> str | None:
    verdict = await verify(opened.journal, anchor)
    assert verdict.ok == (verdict.first_bad is None)
    return verdict.first_bad and verdict.first_bad.where


async def entries(opened: Opened) -> list[tuple[str, dict[str, str]]]:
    return await opened.client.xrange(KEYS.audit)


async def rewrite(opened: Opened, key: str, stored: list[tuple[str, dict[str, str]]]) -> None:
    """Put a stream in the place of another, as an attacker with the server's password can."""
    await opened.client.delete(key)
    for id_, fields in stored:
        await opened.client.xadd(key, fields, id=id_)


def renumbered(stored: list[tuple[str, dict[str, str]]]) -> list[tuple[str, dict[str, str]]]:
    """The same entries with the numbers and the running digests an honest log would have."""
    chain, result = "", []
    for number, (_, fields) in enumerate(stored, 1):
        chain = roll(chain, fields["m"])
        result.append((f"{number}-0", {**fields, "c": chain}))
    return result


async def test_an_honest_log_is_found_honest(opened):
    verdict = await verify(opened.journal)
    assert (verdict.ok, verdict.entries, verdict.first_bad) == (True, len(HISTORY), None)
    await opened.journal.commit(commit(write("incident:1", 5)))
    assert (await verify(opened.journal, verdict.tip)).ok


async def test_an_empty_log_is_honest(folder):
    async with opened_on("embedded", folder) as opened:
        assert (await verify(opened.journal)).ok


async def test_commits_during_verification_do_not_disturb_it(opened):
    async with AsyncExitStack() as stack:
        step = opened.journal.wire.call

        async def call_and_commit(*command):
            opened.journal.wire.call = step
            await opened.journal.commit(commit(write("incident:1", 9), write("new", 1)))
            opened.journal.wire.call = call_and_commit
            return await step(*command)

        stack.callback(setattr, opened.journal.wire, "call", step)
        opened.journal.wire.call = call_and_commit
        assert (await verify(opened.journal)).ok


def altered(text: str, at: int, by: int) -> str:
    raw = bytearray(text.encode())
    raw[at % len(raw)] ^= by
    return raw.decode(errors="surrogateescape")


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_altered_byte_of_an_entry_is_found_at_that_entry(data, tampered):
    number = data.draw(st.integers(1, len(HISTORY)))
    name = data.draw(st.sampled_from("jmc"))
    at, by = data.draw(st.integers(0, 5000)), data.draw(st.integers(1, 127))

    def tamper(stored):
        fields = stored[number - 1][1]
        fields[name] = altered(fields[name], at, by)
        return stored

    assert tampered(KEYS.audit, tamper) == f"entry {number}"


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_removed_and_reordered_entries_are_found_at_the_first(data, tampered):
    first = data.draw(st.integers(1, len(HISTORY)))
    second = data.draw(st.integers(1, len(HISTORY)).filter(lambda n: n != first))
    is_removal = data.draw(st.booleans())

    def tamper(stored):
        if is_removal:
            return [entry for number, entry in enumerate(stored, 1) if number not in (first, second)]
        stored[first - 1], stored[second - 1] = (
            (stored[first - 1][0], stored[second - 1][1]),
            (stored[second - 1][0], stored[first - 1][1]),
        )
        return stored

    assert tampered(KEYS.audit, tamper) == f"entry {min(first, second)}"


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_removals_and_swaps_are_found_even_when_digests_are_made_to_fit(data, tampered):
    """All but the end, which only an anchor guards: every entry is vouched for by a later one."""
    first = data.draw(st.integers(1, len(HISTORY) - 1))
    is_removal = data.draw(st.booleans())

    def tamper(stored):
        if is_removal:
            del stored[first - 1]
        else:
            stored[first - 1 : first + 1] = stored[first - 1 : first + 1][::-1]
        return renumbered(stored)

    assert tampered(KEYS.audit, tamper) is not None


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_tampered_event_is_found(data, tampered):
    stream = data.draw(st.sampled_from(["incident:1", "op:1", "target:api", "incident:2"]))
    what = data.draw(st.sampled_from(["alter", "remove", "swap", "append"]))
    at, by = data.draw(st.integers(0, 5000)), data.draw(st.integers(1, 127))

    def tamper(stored):
        if what == "alter":
            fields = stored[at % len(stored)][1]
            fields["e"] = altered(fields["e"], at, by)
        elif what == "remove":
            del stored[at % len(stored)]
        elif what == "swap":
            stored[0], stored[1] = (stored[0][0], stored[1][1]), (stored[1][0], stored[0][1])
        else:
            stored.append((f"{len(stored) + 1}-0", stored[0][1]))
        return stored

    assert tampered(KEYS.stream(stream), tamper) is not None


@pytest.fixture
def tampered(folder):
    """Alters one stored stream, verifies, puts it back; returns what was found. One server serves all."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def begin() -> Opened:
            opened = await stack.enter_async_context(opened_on("embedded", folder))
            for each in HISTORY:
                await opened.journal.commit(each)
            return opened

        opened = runner.run(begin())

        async def once(key, tamper):
            before = await opened.client.xrange(key)
            await rewrite(opened, key, tamper(await opened.client.xrange(key)))
            where = await found(opened)
            await rewrite(opened, key, before)
            assert await found(opened) is None
            return where

        yield lambda key, tamper: runner.run(once(key, tamper))
        runner.run(stack.aclose())


async def test_a_forged_entry_needs_the_key(opened):
    forger = RedisJournal(opened.client, real_now, b"another key")
    await forger.commit(commit(write("incident:1", 666)))
    assert await found(opened) == f"entry {len(HISTORY) + 1}"


async def test_a_cut_off_end_is_found_by_its_head(opened):
    await rewrite(opened, KEYS.audit, (await entries(opened))[:-1])
    assert await found(opened) == f"entry {len(HISTORY)}"


async def test_a_log_set_back_with_all_its_traces_is_found_with_an_anchor(opened):
    anchor_of_now = (await verify(opened.journal)).tip
    shorter = (await entries(opened))[:-1]
    heads = {"incident:1": 4 - 1, "incident:2": 1}
    for stream, version in heads.items():
        await rewrite(
            opened, KEYS.stream(stream), (await opened.client.xrange(KEYS.stream(stream)))[:version]
        )
        newest = next(f["m"] for _, f in shorter[::-1] if f'"stream":"{stream}"' in f["j"])
        await opened.client.hset(KEYS.heads, stream, f"{version} {newest}")
    await rewrite(opened, KEYS.audit, shorter)
    await opened.client.set(KEYS.tip, f"{len(shorter)} {shorter[-1][1]['c']}")
    assert await found(opened) is None
    assert await found(opened, anchor_of_now) == f"entry {len(HISTORY)}"


async def test_a_writer_notices_that_entries_it_saw_are_gone(opened):
    await opened.client.delete(KEYS.audit, KEYS.tip, KEYS.heads)
    for stream in ("incident:1", "incident:2", "op:1", "target:api"):
        await opened.client.delete(KEYS.stream(stream))
    await opened.journal.commit(commit(write("incident:1", 5)))
    assert await found(opened) == "entry 1"


async def test_another_anchor_than_ours_is_refused(opened):
    verdict = await verify(opened.journal)
    assert await found(opened, verdict.tip._replace(chain="0" * 40)) == f"entry {len(HISTORY)}"


async def test_show_gives_the_newest_that_match_oldest_first(opened):
    shown = await show(opened.journal, Filter(stream="incident:1"), limit=2)
    assert [entry["number"] for entry in shown] == [4, 8]
    assert [entry["number"] for entry in await show(opened.journal, Filter(text="on-call"))] == [5]
    assert [entry["number"] for entry in await show(opened.journal, Filter(user=ANN.user, until=NOW))] == []
    assert len(await show(opened.journal, Filter(user=ANN.user, since=NOW))) == len(HISTORY)
    assert await show(opened.journal, Filter(user="UBOB")) == []


async def test_an_export_can_be_verified_elsewhere(opened):
    lines = [json.loads(line) async for line in export(opened.journal)]
    chain = ""
    for number, line in enumerate(lines, 1):
        chain = roll(chain, line["mac"])
        assert (line["number"], line["mac"], line["chain"]) == (
            f"{number}-0",
            seal(KEY, line["sealed"]),
            chain,
        )
    assert len(lines) == len(HISTORY)
