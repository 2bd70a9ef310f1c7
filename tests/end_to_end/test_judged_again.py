"""Rights and facts are judged when they are used: at the start of a change, at a press, at a further look."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import utc_now
from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything, staged


async def leaves(stage: Stage, user: str) -> None:
    """Somebody is deactivated, and Muster has read so."""
    people = stage.slack.workspace.people
    people[user] = replace(people[user], is_deleted=True)
    await stage.muster.directory.reread(user)


async def test_an_approval_of_someone_who_left_does_not_count_when_the_change_starts(stage: Stage):
    await stage.types("U0BEN", "/scale architect-api 0 because it writes corrupt data")
    await stage.confirms("U0BEN", await stage.shows("OP-1 · plan"), "architect-api")
    await stage.presses("U0SAM", await stage.shows("2 more needed"), "op.approve")
    waiting = await stage.shows("1 more needed")
    await leaves(stage, "U0SAM")
    await stage.presses("U0ANA", waiting, "op.approve")
    told = everything(await stage.shows("The approval of <@U0SAM> no longer counts"))
    assert "OP-1 · plan" in told
    assert stage.cloud_changes() == []


async def test_a_press_on_an_older_plan_counts_for_nothing(stage: Stage):
    await stage.types("U0DEV", "/scale delivery-standard 2 because traffic is low")
    plan = await stage.shows("OP-1 · plan")
    await stage.presses("U0DEV", plan, "op.run")
    waiting = await stage.shows("waits for approval")
    services = stage.town.aws.world.region("us-east-1").clusters["ioanyt-prod"].services
    services["delivery-standard"].desired += 3
    await stage.presses("U0SAM", waiting, "op.approve")
    again = await stage.shows("was changed since the plan")
    old = {**again, "blocks": waiting["blocks"]}
    stage.slack.workspace.room(OPS).messages[old["ts"]] = old
    await stage.slack.as_user("U0SAM").click(OPS, old["ts"], "op.approve")
    await stage.whispers("was planned anew since this button was shown", "U0SAM")
    operation = await stage.muster.operations.get("OP-1")
    assert operation is not None
    assert operation.approved_by == ()
    assert stage.cloud_changes() == []


async def test_what_was_agreed_to_hours_ago_is_not_started_and_the_asker_hears_of_it(tmp_path):
    ahead = [FREEZE - utc_now()]
    async with staged(tmp_path, "http", lambda: utc_now() + ahead[0]) as stage:
        stage.town.faults.switch("slack-no-announcing", True)
        await breaks_glass(stage)
        await stage.shows("breaking the glass has to be announced first")
        ahead[0] += timedelta(hours=3)
        stage.town.faults.switch("slack-no-announcing", False)
        told = everything(await stage.shows("<@U0SAM> OP-1 was not run"))
        assert "could not be started within 5 minutes" in told
        assert "/scale delivery-standard 6 break-glass because customers are down" in told
        assert stage.cloud_changes() == []
        stage.slack.workspace.refused.clear()


@pytest.mark.parametrize("reason", [".", "x", "because", "🔥🔥🔥", "aaaaaa"])
async def test_a_reason_says_something(stage: Stage, reason):
    ack = await stage.types("U0SAM", f"/rollback architect-api because {reason}")
    assert "says nothing" in str(ack.body)
    assert "because 5xx since the deploy" in str(ack.body)


@pytest.mark.parametrize(
    "line",
    [
        "/config miyabi-api set NOTE=ghp_Zk3vQ9tR7xW2pL8mN4bV6cY1sD5fG0hJ",
        "/config miyabi-api set JWT_SECRET=hunter2",
    ],
)
async def test_what_was_struck_out_is_never_sent(stage: Stage, line):
    told = str((await stage.types("U0CHI", line)).body)
    assert "struck out before anything was done" in told
    assert "secret:NAME" in told
    assert stage.cloud_changes() == []


FREEZE = datetime(2024, 12, 28, 12, tzinfo=UTC)
"""Long past, so that timers which are due ring at once."""


def frozen():
    """A clock that goes on by itself from within a freeze."""
    offset = FREEZE - utc_now()
    return lambda: utc_now() + offset


async def breaks_glass(stage: Stage) -> None:
    await stage.types("U0SAM", "/scale delivery-standard 6 break-glass because customers are down")
    await stage.presses("U0SAM", await stage.shows("OP-1 · plan"), "op.run")


async def test_broken_glass_is_announced_before_the_first_call(tmp_path):
    async with staged(tmp_path, "http", frozen()) as stage:
        await breaks_glass(stage)
        told = everything(await stage.shows("breaks the glass for OP-1", INCIDENTS))
        assert "<!here>" in told
        assert "customers are down" in told
        assert "/archives/" in told
        await stage.shows("OP-1 · ✅ Done")
        operation = await stage.muster.opened.journal.read("op:OP-1")
        types = [one.type for one in operation]
        assert types.index("op.glass_announced") < types.index("op.started")


async def test_where_here_is_restricted_it_is_announced_without(tmp_path):
    async with staged(tmp_path, "http", frozen()) as stage:
        stage.town.faults.switch("slack-no-here", True)
        await breaks_glass(stage)
        told = everything(await stage.shows("breaks the glass for OP-1", INCIDENTS))
        assert "<!here>" not in told
        await stage.shows("OP-1 · ✅ Done")
        assert {call.error for call in stage.slack.workspace.calls} <= {"", "restricted_action"}
        stage.slack.workspace.refused.clear()


async def test_what_cannot_be_announced_waits_and_may_be_cancelled(tmp_path):
    async with staged(tmp_path, "http", frozen()) as stage:
        stage.town.faults.switch("slack-no-announcing", True)
        await breaks_glass(stage)
        waiting = await stage.shows("breaking the glass has to be announced first")
        assert "let Muster post in #incidents" in everything(waiting)
        assert stage.cloud_changes() == []
        await stage.presses("U0SAM", waiting, "op.cancel")
        await stage.shows("OP-1 · cancelled")
        await stage.settles()
        assert stage.cloud_changes() == []
        stage.slack.workspace.refused.clear()


async def test_a_value_with_a_character_that_cannot_be_seen_is_not_planned(stage: Stage):
    await stage.types("U0ANA", "/config miyabi-api set PEER=db.\u200dinternal because the old one is gone")
    told = everything(await stage.whispers("cannot be seen", "U0ANA"))
    assert "U+200D" in told
    assert stage.cloud_changes() == []


async def test_every_value_of_a_long_plan_is_shown_whole_and_what_is_shown_is_sent(stage: Stage):
    values = {f"V{at}": f"{at}" * 740 + "end" for at in range(1, 6)}
    pairs = " ".join(f"{key}={value}" for key, value in values.items())
    await stage.types("U0ANA", f"/config miyabi-api set {pairs} because they are new")
    plan = await stage.shows("OP-1 · plan")
    told = everything(plan)
    assert all(f"{key}: not set → *{value}*" in told for key, value in values.items())
    operation = await stage.muster.operations.get("OP-1")
    assert operation is not None and operation.plan is not None
    sent = [str(step.params) for step in operation.plan.steps]
    assert all(any(value in one for one in sent) for value in values.values())


async def test_a_plan_made_anew_is_announced_anew_when_it_breaks_the_glass(tmp_path):
    async with staged(tmp_path, "http", frozen()) as stage:
        stage.town.faults.switch("slack-no-announcing", True)
        await breaks_glass(stage)
        await stage.shows("breaking the glass has to be announced first")
        operation = await stage.muster.operations.get("OP-1")
        assert operation is not None
        services = stage.town.aws.world.region("us-east-1").clusters["ioanyt-prod"].services
        services["delivery-standard"].desired += 1
        stage.town.faults.switch("slack-no-announcing", False)
        again = await stage.shows("was changed since the plan")
        await stage.presses("U0SAM", again, "op.run")
        told = everything(await stage.shows("breaks the glass for OP-1", INCIDENTS))
        assert "delivery-standard: desired count" in told
        stage.slack.workspace.refused.clear()
