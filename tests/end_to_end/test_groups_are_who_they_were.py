"""A group is who it was when it was trusted: no name that somebody takes in Slack gives anybody a right."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.trust import trust
from bot.clock import utc_now
from bot.settings import Settings
from journal.audit import Filter, show
from playground.slack import Group
from tests.end_to_end.conftest import CATALOG, INCIDENTS, OPS, Stage, everything, staged
from tests.end_to_end.leaping import Clock
from tests.waiting import HANGS_S

SCALE = "/scale architect-api 6 because of load"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def sets(stage: Stage, *groups: Group) -> None:
    """Slack's groups from now on: these instead of those of the same handle."""
    handles = {group.handle for group in groups}
    known = stage.slack.workspace.groups
    kept = [group for group in known.values() if group.handle not in handles]
    known.clear()
    known.update({group.id: group for group in (*kept, *groups)})


def without(stage: Stage, handle: str) -> None:
    known = stage.slack.workspace.groups
    for id in [one.id for one in known.values() if one.handle == handle]:
        del known[id]


@asynccontextmanager
async def read_anew(stage: Stage, clock: Clock) -> AsyncGenerator[None]:
    """What happens within is seen by Muster's next reading of the groups, which is waited for."""

    def read() -> int:
        return sum(call.method == "usergroups.list" for call in stage.slack.workspace.calls)

    before = read()
    yield
    clock.ahead += timedelta(minutes=6)
    await stage.types("U0DEV", "/incident list")
    await stage.slack.wait_for(lambda: read() > before or None)


async def test_a_group_that_takes_a_trusted_name_gives_nobody_a_right_and_is_told(
    tmp_path: Path, clock: Clock
):
    async with staged(tmp_path, "http", clock) as stage:
        await stage.types("U0SAM", "/incident list")
        async with read_anew(stage, clock):
            sets(stage, Group("S0EVE", "operators", "Operators", ("U0EVE",)))
        told = everything(await stage.shows("is the name of another group in Slack now", INCIDENTS))
        assert "the Slack group `S0EVE`" in told
        assert "`/ops trust operators S0EVE`" in told
        refused = await stage.types("U0EVE", SCALE)
        assert "You may not" in str(refused.body)


async def test_an_operator_takes_the_new_group_by_the_words_that_were_told(tmp_path: Path, clock: Clock):
    async with staged(tmp_path, "http", clock) as stage:
        await stage.types("U0SAM", "/incident list")
        async with read_anew(stage, clock):
            sets(stage, Group("S0NEW", "architect-owners", "Architect owners", ("U0EVE",)))
        await stage.shows("is the name of another group in Slack now", INCIDENTS)
        assert "You may not" in str((await stage.types("U0EVE", SCALE)).body)
        for nobody in ("U0EVE", "U0BEN"):
            assert "You may not" in str((await stage.types(nobody, "/ops trust architect-owners S0NEW")).body)
        ack = await stage.types("U0SAM", "/ops trust architect-owners S0NEW")
        assert "@architect-owners is S0NEW from now on" in str(ack.body)
        await stage.shows("from now on, says <@U0SAM>", INCIDENTS)
        await stage.types("U0EVE", SCALE)
        await stage.shows("OP-", OPS)
        kept = await show(stage.muster.opened.journal, Filter(user="U0SAM"))
        trusted = [one["audit"] for one in kept if "trust" in one["audit"]["line"]]
        assert [one["policy"] for one in trusted] == ["operators-admin"]


async def test_a_group_that_is_gone_does_not_revive_a_list_and_one_that_is_back_counts_again(
    tmp_path: Path, clock: Clock
):
    async with staged(tmp_path, "http", clock) as stage:
        operators = next(one for one in stage.slack.workspace.groups.values() if one.handle == "operators")
        await stage.types("U0SAM", "/incident list")
        async with read_anew(stage, clock):
            without(stage, "operators")
        await stage.shows("has no group of that name in Slack any more", INCIDENTS)
        refused = await stage.types("U0SAM", "/restart delivery-standard because it hangs")
        assert "You may not" in str(refused.body)
        async with read_anew(stage, clock):
            sets(stage, operators)
        await stage.shows("as it was trusted to be", INCIDENTS)
        await stage.types("U0SAM", "/restart delivery-standard because it hangs")
        await stage.shows("· plan")


async def test_a_group_that_is_only_called_otherwise_goes_on_counting(tmp_path: Path, clock: Clock):
    async with staged(tmp_path, "http", clock) as stage:
        await stage.types("U0SAM", "/incident list")
        async with read_anew(stage, clock):
            known = stage.slack.workspace.groups
            [id] = [one.id for one in known.values() if one.handle == "operators"]
            known[id] = replace(known[id], handle="sre")
        await stage.shows("has no group of that name in Slack any more", INCIDENTS)
        await stage.types("U0SAM", "/restart delivery-standard because it hangs")
        await stage.shows("· plan")


async def test_what_was_trusted_stands_after_a_restart_and_whoever_writes_to_redis_cannot_change_it(
    tmp_path: Path, clock: Clock
):
    async with staged(tmp_path, "http", clock) as stage:
        await stage.types("U0SAM", "/incident list")
        journal, client = stage.muster.opened.journal, stage.muster.opened.client
        stream = "admin:groups"
        version = len(await journal.read(stream))
        source = {"kind": "slack", "id": "S0EVE"}
        event = {
            "at": utc_now().isoformat(),
            "who": {"team": "T0MUSTER", "user": "U0SAM", "via": "slash"},
            "type": "group.trusted",
            "data": {"handle": "operators", "source": source},
        }
        await client.xadd(journal.keys.stream(stream), {"e": json.dumps(event)}, id=f"{version + 1}-0")
        head = await client.hget(journal.keys.heads, stream)
        await client.hset(journal.keys.heads, stream, f"{version + 1} {head.partition(' ')[2]}")
        await client.zadd(journal.keys.dirty, {stream: 0})
        async with read_anew(stage, clock):
            sets(stage, Group("S0EVE", "operators", "Operators", ("U0EVE",)))
        await stage.shows("beside Muster", INCIDENTS)
        async with asyncio.timeout(HANGS_S):
            while await client.zscore(journal.keys.dirty, stream) is not None:
                await asyncio.sleep(0.02)
        said = "".join(everything(one) for one in stage.slack.workspace.messages(INCIDENTS))
        assert "says <@U0SAM>" not in said  # who never said so
        refused = await stage.types("U0EVE", SCALE)
        assert "You may not" in str(refused.body)


async def test_where_operators_are_not_trusted_the_host_is(tmp_path: Path, clock: Clock):
    async with staged(tmp_path, "http", clock) as stage:
        await stage.types("U0SAM", "/incident list")
        async with read_anew(stage, clock):
            sets(stage, Group("S0NEW", "operators", "Operators", ("U0SAM",)))
        settings = Settings(catalog=CATALOG, data_dir=tmp_path / "data")
        said: list[str] = []
        assert await trust(settings, "operatorz", "S0NEW", said.append) == 1
        assert "no group of the catalog" in said[-1]
        assert await trust(settings, "operators", "s-new", said.append) == 1
        assert "no id of a Slack group" in said[-1]
        assert await trust(settings, "@operators", "S0NEW", said.append) == 0
        await stage.shows("from now on, says someone on Muster's host", INCIDENTS)
        await stage.types("U0SAM", "/restart delivery-standard because it hangs")
        await stage.shows("· plan")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("/ops trust", "GROUP is missing"),
        ("/ops trust operators", "SOURCE"),
        ("/ops trust operaters S0OPS", "Type its name: operators"),
        ("/ops trust operators eve", "no id of a Slack group"),
        ("/ops trust operators S0GONE", "Type /ops trust operators S0OPS"),
        ("/ops trust operators nobody", "is the group `S0OPS` in Slack"),
        ("/ops trust operators catalog", "The catalog lists nobody"),
        ("/ops trust operaters S0OPS", "You typed: /ops trust operaters S0OPS"),
        ("/ops resume everything", "no name of something set aside"),
    ],
)
async def test_what_is_mistyped_is_told(stage: Stage, line: str, told: str):
    ack = await stage.types("U0SAM", line)
    assert told in everything(ack.body)
