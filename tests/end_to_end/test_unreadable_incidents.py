"""One incident that this version cannot read holds back what concerns it, in words, and nothing else."""

import json

import pytest

from bot.cli.check import check
from bot.clock import utc_now
from bot.settings import Settings
from model.events import Actor, Event
from model.ports.journal import Commit, Write
from tests.end_to_end.conftest import CATALOG, OPS, Stage, everything, staged
from tests.end_to_end.test_incidents import declared

MERGED = Event(type="incident.merged", data={"into": "INC-7"})
"""What a newer version may write."""

FORGED = [
    '{"no": "event"}',
    "no JSON at all",
    json.dumps(
        {
            "at": "2026-01-01T00:00:00Z",
            "who": {"team": "T0MUSTER", "user": "U0BEN", "via": "slash"},
            "type": "incident.role_assigned",
            "data": {"role": "king"},
        }
    ),
]
"""What nobody's Muster writes: another form, no form, other data than the type has."""


async def newer(stage: Stage, *events: Event, stream: str = "inc:INC-1") -> None:
    """A newer version of Muster, on the same journal, commits these."""
    who = Actor(team="T0MUSTER", user="U0ANA", via="slash")
    done = Commit(at=utc_now(), who=who, writes=(Write(stream=stream, events=events),))
    await stage.muster.opened.journal.commit(done)


async def forge(stage: Stage, number: int, stored: str) -> None:
    """Somebody writes, beside Muster, the event of that number; one that stands there is replaced."""
    opened = stage.muster.opened
    stream = opened.journal.keys.stream("inc:INC-1")
    after = [(id, fields) for id, fields in await opened.client.xrange(stream, f"{number}-0", "+")]
    before = await opened.client.xrange(stream, "-", f"({number}-0")
    await opened.client.delete(stream)
    for id, fields in [*before, (f"{number}-0", {"e": stored}), *after[1:]]:
        await opened.client.xadd(stream, fields, id=id)


async def refused(stage: Stage, line: str, channel: str = OPS, user: str = "U0ANA") -> str:
    """A line is refused; gives the words."""
    said = str((await stage.types(user, line, channel)).body)
    assert "nothing" in said.lower() or "not" in said, said
    return said


async def all_else_goes_on(stage: Stage) -> None:
    """Another incident, another service, looks, and lists."""
    await stage.types("U0BEN", "/incident declare P4 architect-api It is slow")
    await stage.slack.wait_for(lambda: stage.channel("inc-2-"))
    await stage.types("U0BEN", "/incident note INC-2 The pool is full")
    await stage.timeline("INC-2", "The pool is full")
    await stage.types("U0BEN", "/scale architect-api 6 because of load")
    await stage.shows("OP-")
    await stage.types("U0ANA", "/health miyabi-api")
    await stage.whispers("miyabi-api", "U0ANA")
    listed = str((await stage.types("U0BEN", "/incident list")).body)
    assert "INC-1 is open and cannot be read here" in listed
    assert "It is slow" in listed


async def test_an_event_of_a_newer_version_holds_back_its_incident_and_its_service_only(stage: Stage):
    room = await declared(stage)
    await newer(stage, MERGED)
    said = await refused(stage, "/incident update Identified Bad config", room)
    assert "A newer version of Muster wrote `incident.merged` into inc:INC-1" in said
    assert "Start the newer version again" in said
    assert "incident.merged" in await refused(stage, "/incident note INC-1 Seen")
    assert "incident.merged" in await refused(stage, "/incident note Seen")
    said = await refused(stage, "/rollback miyabi-api because 5xx", room)
    assert "INC-1 is open and may be about miyabi-api" in said
    assert "Start the newer version of Muster again" in said
    await all_else_goes_on(stage)
    assert stage.cloud_changes() == []


async def test_a_plan_that_waits_is_not_run_once_its_incident_cannot_be_read(stage: Stage):
    room = await declared(stage)
    await stage.types("U0ANA", "/rollback miyabi-api because 5xx", room)
    plan = await stage.shows("OP-1 · plan", room)
    await newer(stage, MERGED)
    await stage.presses("U0ANA", plan, "op.run")
    await stage.whispers("INC-1 is open and may be about miyabi-api", "U0ANA")
    assert stage.cloud_changes() == []


@pytest.mark.parametrize("stored", FORGED, ids=["other-form", "no-json", "other-data"])
async def test_what_a_stranger_wrote_into_an_incident_holds_back_nothing_else(tmp_path, stored):
    async with staged(tmp_path, "http") as stage:
        await declared(stage)
        await stage.settles()
        events = await stage.muster.opened.journal.read("inc:INC-1")
        await forge(stage, len(events), stored)
    async with staged(tmp_path, "http") as stage:
        assert "cannot be read" in await refused(stage, "/incident note INC-1 Seen")
        assert "may be about miyabi-api" in await refused(stage, "/rollback miyabi-api because 5xx")
        await all_else_goes_on(stage)


async def test_where_nobody_can_say_which_service_it_is_about_another_person_agrees_to_changes(tmp_path):
    async with staged(tmp_path, "http") as stage:
        await declared(stage)
        await stage.settles()
        await forge(stage, 1, "no JSON at all")
    async with staged(tmp_path, "http") as stage:
        await all_else_goes_on(stage)
        plan = await stage.shows("OP-1 · plan")
        told = everything(plan)
        assert "this version of Muster cannot read it: it may be about architect-api" in told
        await stage.confirms("U0BEN", plan)
        await stage.shows("1 more needed")
        assert stage.cloud_changes() == []
        assert "INC-1" in str((await stage.types("U0BEN", "/incident list")).body)


async def test_check_tells_what_is_set_aside_and_which_incident_cannot_be_read(tmp_path):
    async with staged(tmp_path, "http") as stage:
        await declared(stage)
        await newer(stage, MERGED)
        opened = stage.muster.opened
        said = json.dumps({"why": "it failed 12 times", "since": 0})  # as drain.lua keeps it
        await opened.client.hset(opened.journal.keys.aside, "drain:inc:INC-1", said)
        settings = Settings(data_dir=tmp_path / "data", catalog=CATALOG, slack_api_url=stage.slack.api_url)
        found = "\n".join(str(one) for one in await check(settings) if not one.is_well)
    assert "set aside: drain:inc:INC-1" in found
    assert "muster resume drain:inc:INC-1" in found
    assert "incident INC-1: A newer version of Muster wrote `incident.merged`" in found
