"""What a workspace keeps from apps is named, with what Muster does without, and everything goes on."""

import shutil
from pathlib import Path

import pytest
import yaml

from model.incidents.state import Incident
from playground.faults import FaultBoard
from tests.end_to_end.conftest import CATALOG, INCIDENTS, OPS, Stage, everything, staged
from tests.end_to_end.test_incidents import declared, says

FREE_PLAN = {"faults": FaultBoard(on={"slack-no-groups"})}


async def incident(stage: Stage) -> Incident:
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    return found


def calls(stage: Stage, method: str) -> int:
    return sum(1 for call in stage.slack.workspace.calls if call.method == method)


async def test_an_incident_without_a_channel_of_its_own_goes_on_where_it_was_declared(stage: Stage):
    stage.town.faults.switch("slack-no-channels", True)
    await stage.types("U0ANA", "/incident declare P1 architect-api It is down", OPS)
    told = everything(await stage.shows("who may create public channels is a preference", OPS))
    assert "goes on where it was declared" in told
    await stage.types("U0ANA", "/incident update incident=INC-1 Identified Bad config next=30m", OPS)
    await stage.shows("Bad config", INCIDENTS)
    await stage.settles()
    assert calls(stage, "conversations.create") <= 2
    events = await stage.muster.opened.journal.read("inc:INC-1")
    assert sum(1 for one in events if one.type == "incident.step_failed") == 1


@pytest.mark.parametrize(
    ("fault", "says_so", "method"),
    [
        ("slack-no-inviting", "who may invite to channels is a preference", "conversations.invite"),
        ("slack-no-topics", "who may set topics is a preference", "conversations.setTopic"),
        ("slack-no-pins", "who may pin is a preference", "pins.add"),
    ],
)
async def test_what_is_kept_from_muster_is_told_once_on_the_headline(stage: Stage, fault, says_so, method):
    stage.town.faults.switch(fault, True)
    await stage.types("U0ANA", "/incident declare P1 architect-api It is down", OPS)
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    assert "and Muster may not" in everything(await stage.shows(says_so, room))
    await stage.types("U0ANA", "/incident note incident=INC-1 The pool is full", OPS)
    await stage.timeline("INC-1", "The pool is full")
    await stage.settles()
    assert calls(stage, method) <= 2
    said = [one for one in stage.slack.workspace.messages(room) if says_so in everything(one)]
    assert len(said) == 1


async def test_a_post_mortem_is_told_in_words_where_uploads_are_switched_off(stage: Stage):
    room = await declared(stage)
    await says(stage, "resolve Rolled back", room)
    stage.town.faults.switch("slack-no-files", True)
    await says(stage, "postmortem", room)
    head = await stage.shows("drafted from its timeline", room)
    thread_ts = head.get("thread_ts") or head["ts"]

    def thread() -> list[dict]:
        posted = stage.slack.workspace.messages(room)
        return [one for one in posted if one.get("thread_ts") == thread_ts and one["ts"] > head["ts"]]

    parts = await stage.slack.wait_for(lambda: thread() or None)
    assert "Timeline" in "".join(everything(one) for one in parts)
    await stage.settles()
    assert all(trouble.step != "document" for trouble in (await incident(stage)).degraded)


async def test_on_a_plan_without_user_groups_the_catalogs_own_count_and_it_is_said_once(tmp_path: Path):
    catalog = tmp_path / "catalog"
    shutil.copytree(CATALOG, catalog)
    people = yaml.safe_load((catalog / "people.yaml").read_text())
    people["groups"]["operators"]["members"] = ["U0SAM"]
    (catalog / "people.yaml").write_text(yaml.safe_dump(people))
    async with staged(
        tmp_path,
        "http",
        place={"faults": FaultBoard(on={"slack-no-groups"})},
        catalog=catalog,
        operators_channel="ops",
    ) as stage:
        told = everything(await stage.shows("user groups come with Slack's paid plans"))
        assert "people.yaml" in told
        await stage.changes("U0SAM", "/scale architect-api 6 because the queue grows")
        await stage.muster.directory.reread()
        await stage.settles()
        said = [one for one in stage.slack.workspace.messages(OPS) if "paid plans" in everything(one)]
        assert len(said) == 1
