"""Runbooks: steps that run, with the rights of whoever presses, in one message that tells who did what."""

import pytest

from playground.aws.services.wafv2 import Waf
from tests.end_to_end.conftest import INCIDENTS, OPS, Stage, everything


async def opened(stage: Stage, user: str, runbook: str, channel: str = OPS) -> dict:
    ack = await stage.types(user, f"/runbook {runbook}", channel)
    assert not ack.body, ack.body
    return await stage.shows("RB-1 · runbook", channel)


@pytest.mark.procedure("guided")
async def test_a_step_runs_its_command_and_the_message_tells_who_did_it(stage: Stage):
    card = await opened(stage, "U0BEN", "architect-api api-down")
    shown = everything(card)
    assert "RB-1 · runbook api-down of architect-api: API completely down" in shown
    assert "▶ *1*" in shown
    assert "`/restart architect-api`" in shown
    await stage.presses("U0BEN", card, "runbook.run.4")
    plan = await stage.shows("OP-1 · plan")
    assert "because step 4 of runbook api-down" in everything(plan)
    card = everything(await stage.shows("OP-1 waits for Run"))
    assert "0 of 8 steps done" in card
    assert "◐ *4* Recover, first way" in card
    await stage.presses("U0BEN", plan, "op.run")
    await stage.shows("OP-1 · ✅ Done")
    card = everything(await stage.shows("1 of 8 steps done"))
    assert "☑ *4* Recover, first way" in card
    assert "Done by <@U0BEN>" in card
    assert "· OP-1" in card


async def test_a_step_whose_change_is_not_run_or_fails_is_not_done(stage: Stage):
    card = await opened(stage, "U0BEN", "architect-api api-down")
    await stage.presses("U0BEN", card, "runbook.run.4")
    await stage.presses("U0BEN", await stage.shows("OP-1 · plan"), "op.cancel")
    told = everything(await stage.shows("✖ *4* Recover, first way"))
    assert "OP-1 was not run: cancelled" in told
    stage.town.faults.switch("deploy-fails", True)
    await stage.presses("U0BEN", card, "runbook.run.4")
    await stage.confirms("U0BEN", await stage.shows("OP-2 · plan"))
    told = everything(await stage.shows("OP-2: failed"))
    assert "✖ *4* Recover, first way" in told
    assert "0 of 8 steps done" in told


async def test_a_look_of_a_step_is_shown_and_may_be_taken_again(stage: Stage):
    card = await opened(stage, "U0BEN", "architect-api api-down")
    await stage.presses("U0BEN", card, "runbook.run.2")
    await stage.whispers("architect-api is", "U0BEN")
    card = await stage.shows("☑ *2*")
    await stage.presses("U0CHI", card, "runbook.run.2")
    again = everything(await stage.shows("2 times"))
    assert "Done by <@U0CHI>" in again


async def test_a_step_leaves_its_entry_in_the_incidents_timeline(stage: Stage):
    await stage.types("U0BEN", "/incident declare P1 architect-api API down", INCIDENTS)
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1-"))
    await stage.slack.wait_for(lambda: "U0BEN" in stage.slack.workspace.room(room).members or None)
    card = await opened(stage, "U0BEN", "api-down", room)
    await stage.presses("U0BEN", card, "runbook.run.2")
    await stage.shows("architect-api is", room)
    await stage.presses("U0BEN", card, "runbook.run.4")
    plan = await stage.shows("OP-1 · plan", room)
    await stage.presses("U0BEN", plan, "op.run")
    await stage.shows("OP-1 · ✅ Done", room)
    await stage.types("U0BEN", "/incident timeline", room)
    shown = everything(await stage.whispers("Timeline of INC-1", "U0BEN"))
    assert "/health architect-api" in shown
    assert "OP-1 succeeded" in shown


async def test_a_press_is_asked_for_with_the_rights_of_whoever_presses(stage: Stage):
    card = await opened(stage, "U0BEN", "architect-api api-down", INCIDENTS)
    before = stage.cloud_changes()
    await stage.presses("U0EVE", card, "runbook.run.4")
    await stage.whispers("You may not run `restart` on architect-api", "U0EVE")
    await stage.presses("U0GUS", card, "runbook.run.4")
    await stage.whispers("Only full members", "U0GUS")
    assert stage.cloud_changes() == before
    assert "☑" not in everything(await stage.shows("RB-1", INCIDENTS))


@pytest.mark.procedure("to-copy")
async def test_what_is_copied_is_exact_and_ticked_by_hand(stage: Stage):
    card = await opened(stage, "U0CHI", "miyabi-dev shell")
    shown = everything(card)
    assert "aws ecs execute-command --cluster miyabi-cluster-dev" in shown
    assert "--service-name miyabi-service-dev --region us-west-2" in shown
    assert "Muster runs no shells" in shown
    await stage.presses("U0CHI", card, "runbook.tick.2")
    card = await stage.shows("☑ *2*")
    assert "runbook.tick.2" not in str(card["blocks"])
    assert stage.cloud_changes() == []


@pytest.mark.procedure("to-copy")
async def test_the_failover_is_a_command_to_copy_beside_steps_that_run(stage: Stage):
    card = await opened(stage, "U0BEN", "architect-api failover")
    shown = everything(card)
    assert "```./scripts/failover_to_backup_region.sh```" in shown
    assert "kubectl rollout status deployment/architect-api -n architect-production" in shown
    await stage.presses("U0BEN", card, "runbook.run.3")
    await stage.shows("OP-1 · plan · architect-api: deployment revision 8 → deleted and created again")


async def test_a_step_that_has_to_know_something_asks_for_it_and_keeps_a_mistake(stage: Stage):
    card = await opened(stage, "U0DEV", "delivery-standard latency")
    await stage.presses("U0DEV", card, "runbook.run.3")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0DEV") or None))[-1]
    assert "/logs delivery-standard trace=TRACE" in str(view["blocks"])
    dev = stage.slack.as_user("U0DEV")
    wrong = await dev.submit(view, {"TRACE": "abc because"})
    assert "Type one word" in str(wrong.body)
    await dev.submit(view, {"TRACE": "abc-123-def"})
    taken = everything(await stage.shows("☑ *3* One slow request"))
    assert "Done by <@U0DEV>" in taken
    await stage.shows("/logs delivery-standard trace=abc-123-def")


@pytest.mark.procedure("guided")
async def test_an_attack_is_met_from_the_runbooks_buttons(stage: Stage):
    card = await opened(stage, "U0CHI", "miyabi-dev ddos")
    for step, operation in (("2", "OP-1"), ("3", "OP-2")):
        await stage.presses("U0CHI", card, f"runbook.run.{step}")
        plan = await stage.shows(f"{operation} · plan")
        await stage.presses("U0CHI", plan, "op.run")
        await stage.shows(f"{operation} · ✅ Done")
    await stage.presses("U0CHI", card, "runbook.run.4")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0CHI") or None))[-1]
    chi = stage.slack.as_user("U0CHI")
    await chi.submit(view, {"ADDRESS": "203.0.113.50"})
    plan = await stage.shows("OP-3 · plan")
    assert "because DDoS" in everything(plan)
    await stage.presses("U0CHI", plan, "op.run")
    await stage.shows("OP-3 · ✅ Done")
    waf = stage.town.aws.world.region("us-west-2").state(Waf)
    assert any("203.0.113.50/32" in one.addresses for one in waf.sets.values())
    assert len(waf.before) == 1
    await stage.shows("3 of 6 steps done")


async def test_a_step_pressed_three_times_at_once_is_taken_once(stage: Stage):
    card = await opened(stage, "U0BEN", "architect-api api-down")
    with stage.slack.deliver(3):
        await stage.presses("U0BEN", card, "runbook.run.4")
        await stage.shows("· plan ·")  # by any number: the deliveries that came second have used some up
        await stage.shows("◐ *4*")
        await stage.settles()
        shown = everything(await stage.shows("◐ *4*"))
    assert "times" not in shown
    posts = [everything(one) for one in stage.slack.workspace.messages(OPS)]
    assert len([post for post in posts if post.startswith("OP-")]) == 1


async def test_without_a_name_the_runbooks_are_listed_and_open_by_a_press(stage: Stage):
    ack = await stage.types("U0BEN", "/runbook delivery-standard")
    shown = str(ack.body)
    for name in ("error-rate", "latency", "unhealthy-hosts", "no-traffic"):
        assert name in shown
    listed = await stage.whispers("4 runbooks of delivery-standard", "U0BEN")
    await stage.slack.as_user("U0BEN").click(OPS, listed["ts"], "runbook.open.no-traffic")
    await stage.shows("runbook no-traffic of delivery-standard")


async def test_a_name_that_is_nearly_right_is_asked_about(stage: Stage):
    await stage.types("U0BEN", "/runbook architect-api api-dwon")
    shown = everything(await stage.whispers("has no runbook", "U0BEN"))
    assert "/runbook architect-api api-down" in shown


async def test_people_who_may_not_look_open_no_runbook(stage: Stage):
    await stage.types("U0GUS", "/runbook architect-api api-down", INCIDENTS)
    await stage.whispers("Only full members", "U0GUS")
    assert stage.slack.workspace.messages(INCIDENTS) == []
