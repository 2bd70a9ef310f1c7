"""What takes its time: slow clouds, plans that nobody runs, targets that someone else is changing."""

from dataclasses import replace
from datetime import timedelta

from playground.slack.workspace import Room
from tests.end_to_end.conftest import INCIDENTS, Stage, everything
from tests.end_to_end.test_answering import Watch, stage, watch

__all__ = ["stage", "watch"]


async def test_who_asks_a_slow_cloud_is_told_so_where_the_answer_will_be(stage: Stage):
    stage.town.faults.switch("cloud-slow", True)
    await stage.types("U0ANA", "/logs delivery-standard ERROR")
    waiting = await stage.shows("Reading delivery-standard; the answer follows")
    stage.town.faults.switch("cloud-slow", False)
    answer = await stage.shows("delivery-standard: ")
    assert answer["ts"] == waiting["ts"]


async def test_a_plan_that_nobody_runs_runs_out_and_says_how_to_ask_again(stage: Stage, watch: Watch):
    await stage.types("U0ANA", "/scale delivery-standard 5")
    plan = await stage.shows("OP-1 · plan")
    watch.behind -= timedelta(minutes=16)
    await stage.presses("U0ANA", plan, "op.run")
    assert "/scale delivery-standard 5" in everything(await stage.whispers("o ask again", "U0ANA"))
    expired = await stage.shows("OP-1 · expired")
    assert "Nobody ran it in time" in everything(expired)
    assert stage.cloud_changes() == []


async def test_of_two_changes_at_once_the_second_is_told_to_ask_again(stage: Stage):
    stage.town.faults.switch("cloud-slow", True)
    await stage.types("U0ANA", "/scale delivery-standard 5")
    await stage.types("U0DEV", "/scale delivery-standard 6")
    first = await stage.shows("OP-1 · plan")
    second = await stage.shows("OP-2 · plan")
    await stage.presses("U0ANA", first, "op.run")
    await stage.presses("U0DEV", second, "op.run")
    stage.town.faults.switch("cloud-slow", False)
    await stage.shows("OP-1 · ✅ Done")
    told = everything(await stage.shows("OP-2 · Not possible"))
    assert "OP-1 is changing delivery-standard right now" in told
    assert "To come next, add `queue`" in told
    assert "To ask again: `/scale delivery-standard 6`" in told
    assert stage.cloud_changes() == ["UpdateService"]
    assert stage.desired() == 5


async def test_a_channels_name_that_is_taken_is_tried_with_a_number(stage: Stage):
    name = "inc-1-miyabi-api-elevated-5xx"
    stage.slack.workspace.rooms["C0OLD"] = Room(
        "C0OLD", name, ["U0EVE"], creator="U0EVE", team_id=stage.slack.workspace.config.team.id
    )
    await stage.types("U0ANA", "/incident declare SEV2 miyabi-api Elevated 5xx", INCIDENTS)
    await stage.slack.wait_for(lambda: stage.channel(f"{name}-2"))
    assert stage.slack.workspace.messages("C0OLD") == []


async def test_an_incident_whose_channel_slack_refuses_goes_on_and_gets_it_later(stage: Stage):
    desk = stage.slack.workspace
    kept = desk.manifest
    desk.manifest = replace(kept, scopes=kept.scopes - {"channels:manage"})
    await stage.types("U0ANA", "/incident declare SEV2 miyabi-api Elevated 5xx", INCIDENTS)
    told = everything(await stage.shows("Degraded", INCIDENTS))
    assert "missing_scope" in told
    desk.manifest = kept
    await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    desk.calls[:] = [one for one in desk.calls if one.error != "missing_scope"]  # it was taken away here


async def test_who_cannot_be_invited_does_not_keep_the_others_out(stage: Stage):
    del stage.slack.workspace.people["U0CHI"]
    await stage.types("U0ANA", "/incident declare SEV2 miyabi-dev Elevated 5xx", INCIDENTS)
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    await stage.slack.wait_for(lambda: "U0ANA" in stage.slack.workspace.room(room).members or None)
    await stage.shows("Degraded: not everyone invited", room)
