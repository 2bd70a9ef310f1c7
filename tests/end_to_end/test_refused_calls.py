"""One refused Slack call holds no other, is not repeated for ever, and says what mends it."""

import asyncio

import pytest

from bot.clock import utc_now
from model.events import Actor, RecordedEvent
from model.incidents.events import StepFailed, to_event
from model.incidents.state import Incident
from model.ports.journal import Commit, Write
from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything
from tests.end_to_end.test_incidents import declared, says
from tests.waiting import HANGS_S


async def test_an_update_reaches_incidents_although_the_incidents_own_channel_is_archived(stage: Stage):
    room = await declared(stage)
    stage.slack.workspace.room(room).is_archived = True
    await stage.types("U0ANA", "/incident update incident=INC-1 Identified Bad config", OPS)
    await stage.shows("Bad config", INCIDENTS)
    found = await stage.muster.incidents.get("INC-1")
    while not (found and any("unarchive it" in one.why for one in found.degraded)):
        await asyncio.sleep(0.05)
        found = await stage.muster.incidents.get("INC-1")
    ack = await stage.types("U0ANA", "/incident update incident=INC-1 Monitoring Rolled back", OPS)
    assert "is archived, so it shows in #incidents only" in str(ack.body)
    await stage.shows("Rolled back", INCIDENTS)
    before = len(stage.slack.workspace.calls)
    await asyncio.sleep(1.5)
    assert len(stage.slack.workspace.calls) - before < 8
    stage.slack.workspace.refused.clear()


async def test_an_incident_that_comes_back_gets_a_channel_where_its_own_was_archived(stage: Stage):
    old = await declared(stage)
    await says(stage, "resolve Rolled back", old)
    await stage.shows("Resolved", INCIDENTS)
    stage.slack.workspace.room(old).is_archived = True
    await stage.types("U0ANA", "/incident reopen incident=INC-1 It is back", OPS)
    async with asyncio.timeout(20):
        while (new := (await incident(stage)).channel) == old:
            await asyncio.sleep(0.05)
    assert everything(await stage.shows("Incident commander", new))
    async with asyncio.timeout(20):
        while "U0ANA" not in stage.slack.workspace.room(new).members:
            await asyncio.sleep(0.05)
    await says(stage, "update Identified The same config", new)
    await stage.shows("The same config", new)
    stage.slack.workspace.refused.clear()


async def test_an_incident_that_comes_back_goes_on_in_its_own_channel(stage: Stage):
    room = await declared(stage)
    await says(stage, "resolve Rolled back", room)
    await stage.shows("Resolved", INCIDENTS)
    await says(stage, "reopen It is back", room)
    await stage.timeline("INC-1", "It is back")
    await says(stage, "update Identified The same config", room)
    await stage.shows("The same config", room)
    made = [call for call in stage.slack.workspace.calls if call.method == "conversations.create"]
    assert len(made) == 1


@pytest.mark.parametrize("is_archived", [True, False])
async def test_whether_it_has_a_channel_is_asked_again_where_slack_could_not_say(stage: Stage, is_archived):
    room = await declared(stage)
    await stage.shows("Incident commander", room)
    stage.slack.workspace.room(room).is_archived = is_archived
    failed = to_event(StepFailed(step="channel", why="conversations.info found no answer in 120 s"))
    muster = Actor(team="T0MUSTER", user="MUSTER", via="timer")
    write = Write(stream="inc:INC-1", events=(failed,))
    await stage.muster.opened.journal.commit(Commit(at=utc_now(), who=muster, writes=(write,)))
    async with asyncio.timeout(20):
        while not (
            (now := await incident(stage)).version > 3
            and (now.channel != room) == is_archived
            and all(one.step != "channel" for one in now.degraded)
            and any(event.type == "incident.step_failed" for event in await read(stage))
        ):
            await asyncio.sleep(0.05)
    stage.slack.workspace.refused.clear()


async def read(stage: Stage) -> list[RecordedEvent]:
    return await stage.muster.opened.journal.read("inc:INC-1")


async def test_a_channel_that_muster_was_taken_out_of_is_joined_again(stage: Stage):
    room = await declared(stage)
    await stage.shows("Incident commander", room)
    there = stage.slack.workspace.room(room)
    there.members.remove(there.creator)
    await says(stage, "sev SEV1", room)
    await stage.timeline("INC-1", "SEV1")
    async with asyncio.timeout(20):
        while "SEV1" not in there.topic:
            await asyncio.sleep(0.05)
    stage.slack.workspace.refused.clear()


async def incident(stage: Stage) -> Incident:
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    return found


async def test_a_headline_that_somebody_deleted_is_posted_anew(stage: Stage):
    room = await declared(stage)
    headline = await stage.shows("Incident commander", room)
    stage.slack.workspace.room(room).messages.pop(headline["ts"])
    await says(stage, "ack", room)
    anew = await stage.shows("Incident commander", room)
    assert anew["ts"] != headline["ts"]
    stage.slack.workspace.refused.clear()


async def test_a_change_is_seen_to_its_end_although_its_message_was_deleted(stage: Stage):
    await stage.types("U0ANA", "/scale architect-api 6")
    plan = await stage.shows("OP-1 · plan")
    await stage.presses("U0ANA", plan, "op.run")
    await stage.shows("OP-1 · ")
    stage.slack.workspace.room(OPS).messages.pop(plan["ts"], None)
    done = await stage.shows("OP-1 · ✅ Done")
    assert done["ts"] != plan["ts"]
    stage.slack.workspace.refused.clear()


async def test_a_change_is_seen_to_its_end_although_its_channel_was_archived(stage: Stage):
    await stage.types("U0ANA", "/scale architect-api 6")
    await stage.presses("U0ANA", await stage.shows("OP-1 · plan"), "op.run")
    stage.slack.workspace.room(OPS).is_archived = True

    async def is_over() -> bool:
        operation = await stage.muster.operations.get("OP-1")
        return operation is not None and operation.is_over

    async with asyncio.timeout(HANGS_S):
        while not await is_over():
            await asyncio.sleep(0.05)
    operation = await stage.muster.operations.get("OP-1")
    assert operation is not None
    assert operation.phase == "succeeded"
    stage.slack.workspace.refused.clear()


async def test_a_copy_that_is_refused_keeps_the_operations_own_message(stage: Stage):
    room = await declared(stage, "P1 architect-api API down")
    stage.slack.workspace.room(room).is_archived = True
    await stage.types("U0ANA", "/scale architect-api 6")
    await stage.types("U0ANA", "/incident role ic <@U0ANA> incident=INC-1", OPS)
    await stage.timeline("INC-1", "Incident commander")
    await stage.types("U0ANA", "/scale architect-api 7")
    assert "plan" in everything(await stage.shows("replicas 4 → 7"))
    stage.slack.workspace.refused.clear()
