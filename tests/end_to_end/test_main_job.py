"""The three commands of the README, from a signed Slack request to the cloud and back."""

import pytest

from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything


@pytest.mark.procedure("declare")
async def test_declaring_makes_a_channel_with_a_pinned_headline_and_tells_incidents(stage: Stage):
    ack = await stage.types("U0ANA", "/incident declare SEV2 miyabi-api Elevated 5xx", INCIDENTS)
    assert ack.status == 200
    announced = await stage.shows("Elevated 5xx", INCIDENTS)
    assert "SEV2" in everything(announced)
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-miyabi-api-elevated-5xx"))
    headline = await stage.shows("SEV2", room)
    await stage.slack.wait_for(lambda: headline["ts"] in stage.slack.workspace.room(room).pins or None)


@pytest.mark.procedure("scale")
async def test_scaling_is_planned_confirmed_watched_and_verified(stage: Stage):
    await stage.types("U0ANA", "/scale architect-api 6")
    plan = await stage.shows("OP-1 · plan")
    assert "4 → 6" in everything(plan)
    assert stage.cloud_changes() == []
    await stage.presses("U0ANA", plan, "op.run")
    done = await stage.shows("✅ Done")
    assert done["ts"] == plan["ts"]
    assert stage.town.kubernetes.cluster is not None


@pytest.mark.procedure("rollback")
async def test_rolling_back_goes_to_what_ran_before_once_another_person_approves(stage: Stage):
    await stage.types("U0DEV", "/rollback delivery-standard because 5xx since the deploy")
    plan = await stage.shows("OP-1 · plan")
    assert "delivery-standard:42 → delivery-standard:41" in everything(plan)
    await stage.presses("U0DEV", plan, "op.run")
    waiting = await stage.shows("waits for approval", OPS)
    await stage.presses("U0DEV", waiting, "op.approve")
    await stage.whispers("Nobody approves a change they asked for", "U0DEV")
    assert stage.cloud_changes() == []
    await stage.presses("U0SAM", waiting, "op.approve")
    done = await stage.shows("✅ Done")
    assert "approved by <@U0SAM>" in everything(done)
    assert stage.cloud_changes() == ["UpdateService"]
    assert stage.task_definition().endswith("delivery-standard:41")
