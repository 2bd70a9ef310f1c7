"""Operations on every kind of target: planned, confirmed, watched, undone, or refused in words."""

import pytest

from bot.gate.request import IncomingRequest
from model.people import Person
from playground.aws.functions import Function
from tests.end_to_end.conftest import OPS, Stage, everything


def function(stage: Stage) -> Function:
    """The Lambda function of miyabi-api, as the cloud has it."""
    return stage.town.aws.world.region("ap-northeast-1").functions["miyabi-api-production"]


@pytest.mark.procedure("scale")
async def test_a_relative_count_on_ecs_is_resolved_and_applied(stage: Stage):
    finished = await stage.changes("U0ANA", "/scale delivery-standard +2")
    assert "desired count 4 → 6" in everything(finished)
    assert stage.desired() == 6


@pytest.mark.procedure("bounds")
async def test_bounds_of_the_autoscaler_are_set(stage: Stage):
    finished = await stage.changes("U0CHI", "/scale miyabi-dev min=2 max=6")
    assert "maximum 4 → 6" in everything(finished)
    assert stage.cloud_changes() == ["RegisterScalableTarget"]


async def test_a_count_outside_the_autoscalers_range_warns(stage: Stage):
    await stage.types("U0CHI", "/scale miyabi-dev 6")
    plan = await stage.shows("OP-1 · plan")
    assert "The autoscaler keeps 2 to 4" in everything(plan)


@pytest.mark.procedure("concurrency")
async def test_reserved_concurrency_is_set_and_taken_back_by_undo(stage: Stage):
    await stage.changes("U0ANA", "/scale miyabi-api reserved=100 because a noisy neighbour")
    assert function(stage).reserved == 100
    undone = await stage.changes("U0ANA", "/undo OP-1 because it is gone", 2)
    assert "reserved concurrency 100 → none" in everything(undone)
    assert function(stage).reserved is None


@pytest.mark.procedure("concurrency")
async def test_environments_are_kept_ready_for_cold_starts_until_undone(stage: Stage):
    await stage.changes("U0ANA", "/scale miyabi-api provisioned=10 because of cold starts")
    assert {name: one.requested for name, one in function(stage).provisioned.items()} == {"production": 10}
    await stage.changes("U0ANA", "/undo OP-1 because the peak is over", 2)
    assert function(stage).provisioned == {}


@pytest.mark.procedure("rollback")
async def test_a_lambda_alias_goes_back_to_the_version_before(stage: Stage):
    finished = await stage.changes("U0ANA", "/rollback miyabi-api because 5xx since the deploy")
    assert "version 14 → version 13" in everything(finished)
    assert stage.cloud_changes() == ["UpdateAlias"]


async def test_a_lambda_alias_whose_environments_are_kept_ready_goes_back_too(stage: Stage):
    await stage.changes("U0ANA", "/scale miyabi-api provisioned=10 because of cold starts")
    finished = await stage.changes("U0ANA", "/rollback miyabi-api because 5xx since the deploy", 2)
    assert "version 14 → version 13" in everything(finished)
    assert function(stage).aliases["production"].weights == {}


async def test_a_version_that_cannot_be_kept_ready_says_where_calls_go_and_how_to_go_back(stage: Stage):
    await stage.changes("U0ANA", "/scale miyabi-api provisioned=10 because of cold starts")
    stage.town.faults.switch("deploy-fails", True)
    await stage.types("U0ANA", "/rollback miyabi-api because 5xx since the deploy")
    await stage.confirms("U0ANA", await stage.shows("OP-2 · plan"))
    shown = everything(await stage.shows("OP-2 · 🔴 Failed"))
    assert "All calls still go to version 14" in shown
    assert "/rollback miyabi-api 14" in shown
    await stage.changes("U0ANA", "/rollback miyabi-api 14 because 13 does not start", 3)
    assert function(stage).aliases["production"].version == "14"


@pytest.mark.procedure("restart")
async def test_a_restart_replaces_pods_and_cannot_be_undone(stage: Stage):
    finished = await stage.changes("U0BEN", "/restart architect-api")
    assert "op.undo" not in str(finished["blocks"])


@pytest.mark.procedure("rollback")
async def test_a_kubernetes_revision_is_put_back(stage: Stage):
    finished = await stage.changes("U0BEN", "/rollback architect-api 7 because errors")
    assert "revision 8 → 7" in everything(finished)


async def test_a_revision_that_is_not_kept_is_refused_with_those_that_are(stage: Stage):
    await stage.types("U0BEN", "/rollback architect-api 2 because errors")
    refused = await stage.whispers("Not possible", "U0BEN")
    assert "keeps no revision 2" in everything(refused)
    assert "`7`" in everything(refused)


async def test_undo_is_refused_when_someone_changed_the_target_since(stage: Stage):
    finished = await stage.changes("U0ANA", "/scale delivery-standard 5")
    await stage.changes("U0ANA", "/scale delivery-standard 6", 2)
    await stage.presses("U0ANA", finished, "op.undo")
    refused = await stage.whispers("OP-3 · Not possible", "U0ANA")
    assert "was changed since OP-1" in everything(refused)
    assert stage.desired() == 6


async def test_undo_puts_the_count_back(stage: Stage):
    finished = await stage.changes("U0ANA", "/scale delivery-standard 6")
    await stage.presses("U0ANA", finished, "op.undo")
    plan = await stage.shows("OP-2 · plan")
    assert "desired count 6 → 4" in everything(plan)
    await stage.presses("U0ANA", plan, "op.run")
    view = await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None)
    await stage.slack.as_user("U0ANA").submit(view[-1], {"because": "no longer needed"})
    await stage.shows("OP-2 · ✅ Done")
    await stage.shows("OP-1 · ✅ Done, undone by OP-2")
    assert stage.desired() == 4


async def test_dry_stops_at_the_plan(stage: Stage):
    await stage.types("U0EVE", "/scale architect-api 6 dry")
    plan = await stage.shows("dry run")
    assert "op.run" not in str(plan["blocks"])
    assert stage.cloud_changes() == []


async def test_hard_limits_stop_everyone_with_the_allowed_range(stage: Stage):
    await stage.types("U0ANA", "/scale architect-api 50")
    refused = await stage.whispers("Not possible", "U0ANA")
    assert "from 0 to 20" in everything(refused)
    assert "/scale architect-api 20" in everything(refused)


async def test_below_zero_is_refused_with_what_to_type(stage: Stage):
    await stage.types("U0ANA", "/scale delivery-standard -9 because quiet")
    refused = await stage.whispers("Not possible", "U0ANA")
    assert "below zero" in everything(refused)


async def test_as_it_is_already_there_is_nothing_to_run(stage: Stage):
    await stage.types("U0ANA", "/scale architect-api 4")
    plan = await stage.shows("It is so already")
    assert "op.run" not in str(plan["blocks"])


async def test_a_failing_rollout_ends_with_what_failed_and_why(stage: Stage):
    stage.town.faults.switch("deploy-fails", True)
    await stage.types("U0ANA", "/rollback delivery-standard because errors")
    plan = await stage.shows("OP-1 · plan")
    await stage.presses("U0ANA", plan, "op.run")
    failed = await stage.shows("🔴 Failed")
    assert "exit" in everything(failed).lower()
    assert "*Done* `ecs:UpdateService`" in everything(failed)


async def test_a_failing_pod_is_named_with_its_reason(stage: Stage):
    stage.town.faults.switch("deploy-fails", True)
    await stage.types("U0BEN", "/restart architect-api")
    plan = await stage.shows("OP-1 · plan")
    await stage.presses("U0BEN", plan, "op.run")
    failed = await stage.shows("🔴 Failed")
    assert "past its deadline. architect-api-" in everything(failed)
    assert any(why in everything(failed) for why in ("BackOff", "exit code"))


async def test_throttling_is_waited_out(stage: Stage):
    stage.town.faults.switch("cloud-throttles", True)
    await stage.types("U0ANA", "/scale delivery-standard 5")
    await stage.shows("OP-1 · plan")


async def test_a_target_that_moved_gets_a_new_plan_instead_of_the_old_change(stage: Stage):
    await stage.types("U0ANA", "/scale architect-api +2")
    plan = await stage.shows("replicas 4 → 6")
    await stage.changes("U0ANA", "/scale architect-api 5", 2)
    await stage.presses("U0ANA", plan, "op.run")
    again = await stage.shows("replicas 5 → 7")
    assert "was changed since the plan" in everything(again)


@pytest.mark.procedure("scale")
async def test_to_zero_needs_the_typed_name_and_two_other_people(stage: Stage):
    await stage.types("U0BEN", "/scale architect-api 0 because data loss")
    plan = await stage.shows("OP-1 · plan")
    await stage.presses("U0BEN", plan, "op.run")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0BEN") or None))[-1]
    wrong = await stage.slack.as_user("U0BEN").submit(view, {"name": "architect-db"})
    assert "architect-api" in str(wrong.body)
    await stage.slack.as_user("U0BEN").submit(view, {"name": "architect-api"})
    waiting = await stage.shows("waits for approval")
    await stage.presses("U0SAM", waiting, "op.approve")
    waiting = await stage.shows("1 more needed")
    assert stage.cloud_changes() == []
    await stage.presses("U0ANA", waiting, "op.approve")
    await stage.shows("✅ Done")


async def test_cancel_drops_the_plan_and_run_is_refused_after(stage: Stage):
    await stage.types("U0ANA", "/scale architect-api 6")
    plan = await stage.shows("OP-1 · plan")
    await stage.presses("U0ANA", plan, "op.cancel")
    await stage.shows("OP-1 · cancelled")
    await stage.types("U0ANA", "/ops run OP-1")
    await stage.whispers("is over: cancelled", "U0ANA")
    assert stage.cloud_changes() == []


async def test_details_show_the_exact_calls(stage: Stage):
    await stage.types("U0ANA", "/scale architect-api 6")
    plan = await stage.shows("OP-1 · plan")
    await stage.presses("U0ANA", plan, "op.details")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
    assert '"replicas": 6' in str(view)


@pytest.mark.procedure("health-url")
async def test_health_says_the_reason_first_and_only_to_the_asker(stage: Stage):
    stage.town.faults.switch("health-down", True)
    await stage.types("U0EVE", "/health architect-api")
    shown = await stage.whispers("architect-api is 🔴 down", "U0EVE")
    assert "answers 503, not 200" in everything(shown)
    assert stage.slack.workspace.messages(OPS) == []


@pytest.mark.procedure("versions")
async def test_history_lists_versions_and_what_was_done(stage: Stage):
    await stage.changes("U0ANA", "/scale delivery-standard 5")
    await stage.types("U0DEV", "/history delivery-standard")
    shown = everything(await stage.whispers("*Versions*", "U0DEV"))
    assert "delivery-standard:42" in shown
    assert "OP-1 ✅ Done" in shown
    assert "delivery-standard:40" not in shown


async def test_a_plan_in_a_channel_that_muster_may_not_enter_goes_to_the_asker(stage: Stage):
    await stage.muster.gate.handle(
        IncomingRequest(
            Person(team="T0MUSTER", user="U0ANA"), "C0SECRET", "scale architect-api 6", "slash", "secret-1"
        )
    )
    room = await stage.slack.wait_for(
        lambda: next((one for one in stage.slack.workspace.rooms if one.startswith("D")), None)
    )
    await stage.shows("OP-1 · plan", room)


@pytest.mark.procedure("ecs-status")
async def test_health_of_an_ecs_service_says_what_runs_and_why_tasks_stopped(stage: Stage):
    stage.town.faults.switch("deploy-fails", True)
    await stage.types("U0ANA", "/restart delivery-standard because stuck")
    await stage.presses("U0ANA", await stage.shows("OP-1 · plan"), "op.run")
    await stage.shows("🔴 Failed")
    await stage.types("U0ANA", "/health delivery-standard")
    shown = everything(await stage.whispers("delivery-standard is", "U0ANA"))
    assert "4 of 4 running" in shown
    assert "exit code 1" in shown
