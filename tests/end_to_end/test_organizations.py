"""An app installed for a whole organization serves the workspaces that a setting names, and no other."""

from pathlib import Path

import pytest

from bot.cli.check_slack import check_slack
from bot.settings import NotConfigured, Settings
from model.people import Person
from playground.organization import ORGANIZATION, SECOND
from playground.slack import User
from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything, staged

SEC, THI = "C0SEC", "C0THI"
SERVED = f"T0MUSTER,{SECOND}"
IN_ORGANIZATION = {"organization": ORGANIZATION}


@pytest.fixture
async def org(tmp_path: Path):
    async with staged(tmp_path, "http", place=IN_ORGANIZATION, teams=SERVED) as stage:
        yield stage


async def written(stage: Stage) -> int:
    """Entries of the log, once Muster knows the groups and has nothing more to do."""
    await stage.muster.directory.reread()
    await stage.settles()
    return stage.muster.opened.journal.tip.entries


async def test_an_incident_runs_its_course_from_either_workspace(org: Stage):
    await org.types("W0OLA", "/incident declare P1 architect-api Nothing answers", SEC)
    await org.shows("INC-1", INCIDENTS)
    room = await org.slack.wait_for(lambda: org.channel("inc-1-"))
    assert org.slack.workspace.room(room).team_id == "T0MUSTER"
    await org.slack.wait_for(lambda: "U0BEN" in org.slack.workspace.room(room).members or None)
    await org.types("U0BEN", "/incident update Identified The queue is full next=30m", room)
    await org.shows("The queue is full", INCIDENTS)
    await org.settles()
    assert {call.error for call in org.slack.workspace.calls} <= {"", "already_in_channel"}
    assert org.slack.workspace.messages("C1INC") == []


async def test_every_method_that_wants_a_workspace_is_told_the_first(tmp_path: Path):
    place = {"organization": ORGANIZATION}
    async with staged(tmp_path, "http", place=place, teams=SERVED, incidents_channel="random") as stage:
        await stage.types("U0ANA", "/incident declare P2 architect-api It is slow")
        await stage.shows("INC-1", "C0RND")
        named = {call.method: call.args.get("team_id") for call in stage.slack.workspace.calls}
    wanting = ("usergroups.list", "users.conversations", "conversations.list", "conversations.create")
    assert {one: named[one] for one in wanting} == dict.fromkeys(wanting, "T0MUSTER")


async def test_a_person_is_the_same_one_in_every_workspace_and_approves_once(org: Stage):
    await org.types("U0ANA", "/scale architect-api 0 because it writes rubbish")
    await org.confirms("U0ANA", await org.shows("OP-1 · plan"), "architect-api")
    waiting = await org.shows("2 more needed")
    org.slack.workspace.room(OPS).members.append("W0OLA")
    await org.presses("W0OLA", waiting, "op.approve")
    again = await org.shows("1 more needed")
    await org.types("W0OLA", "/ops approve OP-1", SEC)
    await org.settles()
    operation = await org.muster.operations.get("OP-1")
    assert operation is not None
    assert operation.approved_by == (Person(team="T0MUSTER", user="W0OLA"),)
    assert "1 more needed" in everything(again)
    assert org.cloud_changes() == []


async def test_a_change_is_planned_pressed_and_filled_in_from_the_second_workspace(org: Stage):
    await org.types("W0OLA", "/scale", SEC)
    view = (await org.slack.wait_for(lambda: org.slack.workspace.views("W0OLA") or None))[-1]
    view = await org.chooses("W0OLA", view, "architect-api")
    await org.slack.as_user("W0OLA").submit(view, {"count": "6", "because": "the queue grows"})
    plan = await org.shows("OP-1 · plan", SEC)
    await org.confirms("W0OLA", plan)
    await org.shows("OP-1 · ✅ Done", SEC)
    ola = org.slack.as_user("W0OLA")
    await ola.say(SEC, "<@UBOT> scale architect-api 7")
    await org.shows("OP-2 · plan", SEC)
    await ola.open_home()
    await org.slack.wait_for(lambda: org.slack.workspace.home("W0OLA"))


async def test_a_group_of_another_workspace_gives_no_right(org: Stage):
    await org.types("W0KAI", "/scale architect-api 6 because I am an operator elsewhere", SEC)
    await org.whispers("", "W0KAI")
    await org.settles()
    assert "OP-" not in str(org.slack.workspace.messages(SEC))
    assert org.cloud_changes() == []
    ack = await org.types("W0KAI", "/incident list", SEC)
    assert "No open incident" in str(ack.body)


async def test_a_workspace_that_is_not_named_is_refused_in_words_by_every_door(org: Stage):
    before = await written(org)
    liv, why = org.slack.as_user("W0LIV"), "This Muster does not serve your workspace (T0THIRD)"
    ack = await liv.slash(THI, "/incident declare P1 architect-api Nothing answers")
    assert why in str(ack.body)
    assert "MUSTER_TEAMS" in str(ack.body)
    await liv.say(THI, "<@UBOT> scale architect-api 6")
    await org.whispers(why, "W0LIV")
    org.slack.workspace.unseen.clear()
    await liv.shortcut("incident.declare")
    await org.whispers(why, "W0LIV")
    await liv.open_home()
    home = await org.slack.wait_for(lambda: org.slack.workspace.home("W0LIV"))
    assert why in str(home)
    assert await written(org) == before
    assert org.cloud_changes() == []


async def test_people_of_the_organization_who_are_in_none_of_the_workspaces_are_refused(org: Stage):
    org.slack.workspace.room(SEC).members.append("W0LIV")
    await org.types("W0OLA", "/scale architect-api 6 because the queue grows", SEC)
    plan = await org.shows("OP-1 · plan", SEC)
    await org.slack.as_user("W0LIV").click(SEC, plan["ts"], "op.run")
    await org.whispers("nothing was done", "W0LIV")
    assert org.cloud_changes() == []


async def test_a_guest_of_a_shared_channel_is_refused_in_words_by_button_and_mention(org: Stage):
    await org.types("W0OLA", "/scale architect-api 6 because the queue grows", SEC)
    plan = await org.shows("OP-1 · plan", SEC)
    max_ = org.slack.as_user("W0MAX")
    await max_.click(SEC, plan["ts"], "op.run")
    await org.whispers("nothing was done", "W0MAX")
    org.slack.workspace.unseen.clear()
    await max_.say(SEC, "<@UBOT> scale architect-api 9")
    await org.whispers("Slack Connect", "W0MAX")
    await org.settles()
    assert org.cloud_changes() == []


async def test_slack_connect_in_one_workspace_is_refused_in_words_too(tmp_path: Path):
    async with staged(tmp_path, "http") as stage:
        workspace = stage.slack.workspace
        workspace.people["U9MAX"] = User("U9MAX", "max", "Max Stone", team_id="T9OTHER")
        workspace.room(OPS).members.append("U9MAX")
        await stage.types("U0ANA", "/scale architect-api 6")
        plan = await stage.shows("OP-1 · plan")
        before = await written(stage)
        await stage.slack.as_user("U9MAX").click(OPS, plan["ts"], "op.run")
        await stage.whispers("through a shared channel (Slack Connect)", "U9MAX")
        assert await written(stage) == before
        workspace.unseen.clear()
        await stage.slack.as_user("U9MAX").say(OPS, "<@UBOT> scale architect-api 9")
        await stage.whispers("through a shared channel (Slack Connect)", "U9MAX")
        await stage.settles()
        assert stage.cloud_changes() == []


async def test_an_organizations_install_without_teams_is_refused_with_what_to_set(tmp_path: Path):
    with pytest.raises(NotConfigured, match=r"whole organization E0MUSTER\. Set MUSTER_TEAMS to the ids"):
        async with staged(tmp_path, "http", place=IN_ORGANIZATION):
            pass


async def test_teams_that_the_token_is_not_of_are_refused(tmp_path: Path):
    with pytest.raises(NotConfigured, match="of one workspace, T0MUSTER, and MUSTER_TEAMS names T0OTHER"):
        async with staged(tmp_path, "http", teams="T0OTHER"):
            pass


async def test_the_check_names_a_workspace_that_the_app_was_not_added_to(org: Stage):
    async def checked(teams: str) -> str:
        settings = Settings(**{**org.town.settings(), "teams": teams})
        return "\n".join([str(one) async for one in check_slack(settings)])

    assert await checked(SERVED) == (
        "ok   Slack: organization Muster Group, workspaces Muster, Second; #incidents in the first"
    )
    assert "the app was not added to T0NOWHERE" in await checked("T0MUSTER,T0NOWHERE")
    assert "Set MUSTER_TEAMS to the ids" in await checked("")


@pytest.mark.parametrize("given", ["E0MUSTER", "muster", "T0MUSTER,E0MUSTER"])
def test_what_is_no_workspace_is_no_team(given: str):
    with pytest.raises(ValueError, match="is no workspace's id"):
        Settings(teams=given)


def test_teams_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MUSTER_TEAMS", " T0MUSTER, T0SECOND ")
    assert Settings().teams == ("T0MUSTER", "T0SECOND")
