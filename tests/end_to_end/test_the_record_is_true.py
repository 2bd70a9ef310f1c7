"""What nobody ran is told nowhere as if it had been; what cannot be is told to whoever asked."""

import pytest

from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything


async def declared(stage: Stage) -> str:
    """An incident with its channel, and its declarer in it; gives the channel."""
    await stage.types("U0ANA", "/incident declare High delivery-standard Search fails", INCIDENTS)
    await stage.types("U0ANA", "/incident ack incident=INC-1", INCIDENTS)
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    await stage.slack.wait_for(lambda: "U0ANA" in stage.slack.workspace.room(room).members or None)
    return room


async def test_plans_and_dry_runs_stand_in_no_headline_post_or_post_mortem(stage: Stage):
    room = await declared(stage)
    await stage.types("U0ANA", "/scale delivery-standard 5", room)
    await stage.confirms("U0ANA", await stage.shows("OP-1 · plan", room))
    await stage.shows("OP-1 · ✅ Done", room)
    for number, line in enumerate(("/scale delivery-standard 6", "/scale delivery-standard 7 dry"), 2):
        await stage.types("U0ANA", line, room)
        await stage.shows(f"OP-{number} · ", room)
    await stage.types("U0ANA", "/incident update Monitoring It is better", room)
    told = everything(await stage.shows("It is better", INCIDENTS))
    headline = everything(await stage.shows("*Operations*", room))
    assert "OP-1 succeeded" in headline
    await stage.types("U0ANA", "/incident resolve All is well", room)
    resolved = everything(await stage.shows("All is well", INCIDENTS))
    await stage.types("U0ANA", "/incident postmortem", room)
    files = stage.slack.workspace.files
    content = await stage.slack.wait_for(
        lambda: next((one.content for one in files.values() if one.content), None)
    )
    written = content.decode()
    for said in (told, headline, resolved, written.partition("## What was done")[2].partition("##")[0]):
        assert "OP-2" not in said
        assert "OP-3" not in said
    assert "OP-1 succeeded" in written


async def test_a_plan_that_is_not_possible_is_told_to_the_asker_alone(stage: Stage):
    await stage.types("U0ANA", "/scale architect-api 600")
    await stage.whispers("Not possible", "U0ANA")
    await stage.settles()
    assert stage.slack.workspace.messages(OPS) == []


async def test_forms_lists_and_refusals_use_up_no_ids(stage: Stage):
    for line in ("/incident declare", "/incident declare SEV9 miyabi-api Down", "/scale", "/scale nope 3",
                 "/runbook architect-api", "/runbook architect-api nope", "/maintenance schedule",
                 "/undo", "/undo OP-7", "/restart architect-api"):  # fmt: skip
        await stage.types("U0EVE", line)
    await stage.types("U0ANA", "/scale delivery-standard 5")
    await stage.shows("OP-1 · plan")
    await stage.types("U0ANA", "/incident declare High delivery-standard Search fails", INCIDENTS)
    await stage.shows("INC-1", INCIDENTS)
    await stage.types("U0ANA", "/runbook architect-api api-down")
    await stage.shows("RB-1 · runbook")


async def test_undo_finds_what_was_done_however_many_plans_came_after_it(stage: Stage):
    await stage.changes("U0ANA", "/scale delivery-standard 5")
    for number in range(2, 28):
        await stage.types("U0ANA", "/scale delivery-standard 6 dry")
        await stage.shows(f"OP-{number} · dry run")
    await stage.types("U0ANA", "/undo because it is enough")
    plan = everything(await stage.shows("OP-28 · plan"))
    assert "undoes OP-1" in plan


async def test_what_one_runs_is_on_home_and_what_is_only_planned_is_not(stage: Stage):
    await stage.types("U0ANA", "/scale delivery-standard 5")
    await stage.shows("OP-1 · plan")
    await stage.slack.as_user("U0ANA").open_home()
    view = await stage.slack.wait_for(lambda: stage.slack.workspace.home("U0ANA"))
    assert "OP-1" not in str(view)


@pytest.mark.usefixtures("redis_server")
async def test_approvals_that_can_never_come_are_told_in_the_plan(stage: Stage):
    await stage.types("U0ANA", "/cache architect-cache flush because it is stale")
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "It needs 2 approvals by" in plan
    assert "only 1 other is in there" in plan
    assert "Ask for somebody to be added" in plan
