"""ECS against the paced AWS: planned from what runs, applied once, watched to the end."""

import asyncio
from datetime import timedelta

import pytest

from backends.aws_clients import AwsClients
from backends.ecs import Ecs
from model.plan import Amount, CapacityBounds, Direction, Plan, Restart, RiskTier, Rollback, Scale, Step
from model.ports.backend import BackendError, Fault
from model.refusal import Refused
from playground.aws import AwsConfig, serve
from playground.aws.rollout import OUT_OF_MEMORY
from playground.faults import FaultBoard
from tests.backends.conftest import Clock, Cloud, applied, watched
from tests.backends.systems import MOST_LOOKS, service

DELIVERY = service("delivery-standard")
MIYABI = service("miyabi-dev")


def to(count: int) -> Scale:
    return Scale(desired=Amount(how="to", n=count))


def by(count: int) -> Scale:
    return Scale(desired=Amount(how="up" if count > 0 else "down", n=abs(count)))


def codes(plan: Plan) -> dict[str, str]:
    return {one.code: one.level for one in plan.cautions}


def delivery(cloud: Cloud):
    return cloud.running.world.region("us-east-1").clusters["ioanyt-prod"].services["delivery-standard"]


def deregister(cloud: Cloud, revision: int) -> None:
    for one in cloud.running.world.region("us-east-1").definitions["delivery-standard"]:
        if one.revision == revision:
            one.status = "INACTIVE"


async def test_a_relative_count_is_planned_as_the_absolute_one(cloud: Cloud):
    plan = await cloud.ecs.plan(DELIVERY, by(2))
    assert plan.change == to(6)
    assert [(one.what, one.before, one.after) for one in plan.deltas] == [("desired count", "4", "6")]
    assert plan.steps[0].params == {
        "cluster": "ioanyt-prod",
        "service": "delivery-standard",
        "desiredCount": 6,
    }
    assert (plan.tier, plan.direction, plan.size) == (RiskTier.R1, Direction.UP, 2)
    assert plan.inverse == to(4)
    assert cloud.writes() == []


async def test_scaling_is_watched_task_by_task_until_all_run(cloud: Cloud):
    plan = await applied(cloud.ecs, DELIVERY, to(7))
    seen = await watched(cloud.ecs, DELIVERY, plan, cloud.clock())
    assert [one.running for one in seen] == sorted(one.running for one in seen)
    assert len({one.running for one in seen}) > 2
    assert (seen[-1].ok, seen[-1].running, seen[-1].wanted) == (True, 7, 7)


async def test_the_count_it_has_already_changes_nothing(cloud: Cloud):
    plan = await cloud.ecs.plan(DELIVERY, to(4))
    assert plan.changes_nothing
    assert plan.inverse is None


async def test_below_zero_is_refused_with_what_to_type(cloud: Cloud):
    with pytest.raises(Refused, match="/scale delivery-standard 0"):
        await cloud.ecs.plan(DELIVERY, by(-5))


async def test_a_count_outside_the_hard_limits_is_stopped_with_the_nearest_allowed(cloud: Cloud):
    plan = await cloud.ecs.plan(DELIVERY, to(9))
    stop = next(one for one in plan.cautions if one.level == "stop")
    assert "from 1 to 8" in stop.text
    assert stop.instead == "Type /scale delivery-standard 8"


async def test_a_count_outside_the_autoscalers_range_warns(cloud: Cloud):
    plan = await cloud.ecs.plan(MIYABI, to(6))
    assert codes(plan)["autoscaler"] == "warn"
    assert "autoscaler" not in codes(await cloud.ecs.plan(MIYABI, to(4)))


async def test_a_count_that_the_autoscaler_takes_back_ends_as_not_ok_and_says_so(cloud: Cloud):
    plan = await applied(cloud.ecs, MIYABI, to(40 // 8))
    since = cloud.clock()
    cloud.clock.pass_s(60)
    seen = await watched(cloud.ecs, MIYABI, plan, since)
    assert seen[-1].ok is False
    assert "set the desired count back to 4" in seen[-1].why


async def test_a_deployment_under_way_is_warned_of(cloud: Cloud):
    await applied(cloud.ecs, DELIVERY, Restart())
    plan = await cloud.ecs.plan(DELIVERY, to(5))
    assert codes(plan)["in-flight"] == "warn"


async def test_bounds_are_registered_and_seen(cloud: Cloud):
    plan = await applied(cloud.ecs, MIYABI, CapacityBounds(max=6))
    assert [(one.what, one.before, one.after) for one in plan.deltas] == [("maximum", "4", "6")]
    assert plan.inverse == CapacityBounds(min=2, max=4)
    assert (plan.direction, plan.size) == (Direction.UP, 2)
    seen = await watched(cloud.ecs, MIYABI, plan, cloud.clock())
    assert seen[-1].ok is True
    assert [call.action for call in cloud.writes()] == ["RegisterScalableTarget"]


async def test_bounds_beyond_the_hard_limits_are_stopped_in_the_words_to_type(cloud: Cloud):
    plan = await cloud.ecs.plan(MIYABI, CapacityBounds(max=11))
    assert [one.instead for one in plan.cautions if one.level == "stop"] == ["Type /scale miyabi-dev max=10"]


async def test_bounds_that_move_what_runs_are_warned_of(cloud: Cloud):
    plan = await cloud.ecs.plan(MIYABI, CapacityBounds(min=3))
    assert codes(plan) == {"moves-count": "warn"}
    assert "move it to 3" in plan.cautions[0].text


async def test_bounds_of_a_service_without_autoscaler_are_refused(cloud: Cloud):
    with pytest.raises(Refused, match="has no autoscaler"):
        await cloud.ecs.plan(DELIVERY, CapacityBounds(max=6))


async def test_rollback_goes_to_what_was_deployed_before_not_to_the_number_before(cloud: Cloud):
    plan = await cloud.ecs.plan(DELIVERY, Rollback())
    assert plan.change == Rollback(version="delivery-standard:41")
    await cloud.ecs.apply(DELIVERY, plan.steps[0], "OP-1-0")
    await watched(cloud.ecs, DELIVERY, plan, cloud.clock())
    again = await cloud.ecs.plan(DELIVERY, Rollback(version="39"))
    assert again.change == Rollback(version="delivery-standard:39")


async def test_rolling_back_twice_says_that_it_goes_forward_again(cloud: Cloud):
    plan = await applied(cloud.ecs, DELIVERY, Rollback())
    await watched(cloud.ecs, DELIVERY, plan, cloud.clock())
    again = await cloud.ecs.plan(DELIVERY, Rollback())
    assert again.change == Rollback(version="delivery-standard:42")
    assert codes(again)["newer"] == "warn"


async def test_a_revision_that_never_ran_is_planned_with_a_warning(cloud: Cloud):
    plan = await cloud.ecs.plan(DELIVERY, Rollback(version="40"))
    assert codes(plan)["never-ran"] == "warn"


@pytest.mark.parametrize(
    ("version", "why"), [("77", "is not registered"), ("other:3", "is not a version"), ("41", "INACTIVE")]
)
async def test_a_revision_that_cannot_be_deployed_is_refused_with_those_that_can(
    cloud: Cloud, version: str, why: str
):
    deregister(cloud, 41)
    with pytest.raises(Refused, match=why) as refused:
        await cloud.ecs.plan(DELIVERY, Rollback(version=version))
    assert "`delivery-standard:39`" in refused.value.instead


async def test_the_running_revision_is_nothing_to_go_back_to(cloud: Cloud):
    plan = await cloud.ecs.plan(DELIVERY, Rollback(version="42"))
    assert plan.changes_nothing
    assert codes(plan)["same-version"] == "note"


async def test_a_rollback_is_through_when_only_the_old_version_runs(cloud: Cloud):
    plan = await applied(cloud.ecs, DELIVERY, Rollback())
    seen = await watched(cloud.ecs, DELIVERY, plan, cloud.clock())
    assert (seen[-1].ok, seen[-1].running) == (True, 4)
    assert len({one.running for one in seen}) > 2
    assert len(delivery(cloud).deployments) == 1


async def test_a_restart_replaces_every_task_and_deploys_no_new_revision(cloud: Cloud):
    region = cloud.running.world.region("us-east-1")
    definition = region.definitions["delivery-standard"][-1]
    region.definitions["delivery-standard"].append(
        type(definition)(
            definition.arn.replace(":42", ":43"), definition.family, 43, definition.body, cloud.clock()
        )
    )
    before = {task.arn for task in delivery(cloud).of(None, "RUNNING")}
    plan = await applied(cloud.ecs, DELIVERY, Restart())
    assert codes(plan)["same-version"] == "note"
    seen = await watched(cloud.ecs, DELIVERY, plan, cloud.clock())
    assert seen[-1].ok is True
    after = delivery(cloud).of(None, "RUNNING")
    assert before.isdisjoint(task.arn for task in after)
    assert {task.definition.revision for task in after} == {42}


async def test_a_restart_is_not_through_while_the_old_deployment_is_all_there_is(cloud: Cloud):
    plan = await cloud.ecs.plan(DELIVERY, Restart())
    watch = cloud.ecs.watch(DELIVERY, plan, cloud.clock())
    first = await anext(watch)
    await watch.aclose()
    assert first.ok is None


async def test_a_hard_restart_is_refused(cloud: Cloud):
    with pytest.raises(Refused, match="no hard restart"):
        await cloud.ecs.plan(DELIVERY, Restart(hard=True))


async def test_a_failing_deployment_ends_with_the_reason_and_says_what_the_breaker_did(cloud: Cloud):
    cloud.faults.switch("deploy-fails", True)
    plan = await applied(cloud.ecs, DELIVERY, Rollback())
    seen = await watched(cloud.ecs, DELIVERY, plan, cloud.clock())
    assert seen[-1].ok is False
    assert "ECS rolled it back to delivery-standard:42" in seen[-1].why
    assert "exit code 1" in seen[-1].why
    assert seen[-1].failed >= 3
    assert delivery(cloud).primary.definition.revision == 42


async def test_who_may_not_ask_for_autoscalers_plans_all_the_same(cloud: Cloud):
    cloud.running.config.denied.add("application-autoscaling:DescribeScalableTargets")
    plan = await cloud.ecs.plan(DELIVERY, to(5))
    assert codes(plan)["autoscaling-unknown"] == "warn"
    with pytest.raises(Refused, match="is not known"):
        await cloud.ecs.plan(DELIVERY, CapacityBounds(min=2))


@pytest.mark.parametrize(
    ("controller", "where"), [("CODE_DEPLOY", "CodeDeploy"), ("EXTERNAL", "outside of ECS")]
)
async def test_what_ecs_does_not_deploy_itself_is_refused_with_who_does(
    cloud: Cloud, controller: str, where: str
):
    delivery(cloud).controller = controller
    for change in (Rollback(), Restart()):
        with pytest.raises(Refused, match=where):
            await cloud.ecs.plan(DELIVERY, change)
    assert (await cloud.ecs.plan(DELIVERY, to(5))).steps


async def test_a_failing_deployment_without_breaker_shows_why_while_it_goes_on(cloud: Cloud):
    cloud.faults.switch("deploy-fails", True)
    for region in cloud.running.world.regions.values():
        region.rollout.crash = OUT_OF_MEMORY
    plan = await applied(cloud.ecs, MIYABI, Restart())
    assert codes(plan)["no-breaker"] == "note"
    watch = cloud.ecs.watch(MIYABI, plan, cloud.clock())
    looks = [await anext(watch) for _ in range(4)]
    while "tasks failed alike" not in looks[-1].why:
        looks.append(await anext(watch))
        assert len(looks) < MOST_LOOKS
    await watch.aclose()
    assert looks[-1].failed >= 3
    assert "so waiting will hardly help: " in looks[-1].why
    assert looks[-1].ok is None
    assert looks[-1].failed > 0
    assert "OutOfMemory" in looks[-1].why


async def test_another_deployment_meanwhile_ends_the_watch_and_is_named(cloud: Cloud):
    plan = await applied(cloud.ecs, DELIVERY, Rollback())
    since = cloud.clock()
    await applied(cloud.ecs, DELIVERY, Rollback(version="39"))
    seen = await watched(cloud.ecs, DELIVERY, plan, since)
    assert seen[-1].ok is False
    assert "Someone else deployed delivery-standard:39" in seen[-1].why


async def test_the_fingerprint_follows_the_configuration_and_not_the_running_count(cloud: Cloud):
    before = await cloud.ecs.fingerprint(DELIVERY)
    plan = await applied(cloud.ecs, DELIVERY, to(6))
    at_once = await cloud.ecs.fingerprint(DELIVERY)
    await watched(cloud.ecs, DELIVERY, plan, cloud.clock())
    assert before == plan.fingerprint != at_once
    assert await cloud.ecs.fingerprint(DELIVERY) == at_once


@pytest.mark.parametrize("change", [to(6), Rollback(), Restart()], ids=["scale", "rollback", "restart"])
async def test_after_a_crash_it_is_known_whether_the_call_was_made(
    cloud: Cloud, change: Scale | Rollback | Restart
):
    plan = await cloud.ecs.plan(DELIVERY, change)
    step, began = plan.steps[0], cloud.clock()
    assert await cloud.ecs.has_applied(DELIVERY, step, "OP-1-0", began) is False
    await cloud.ecs.apply(DELIVERY, step, "OP-1-0")
    assert await cloud.ecs.has_applied(DELIVERY, step, "OP-1-0", began) is True
    assert (await watched(cloud.ecs, DELIVERY, plan, began))[-1].ok is True


async def test_a_rollback_that_the_breaker_took_back_counts_as_made(cloud: Cloud):
    cloud.faults.switch("deploy-fails", True)
    began = cloud.clock()
    plan = await applied(cloud.ecs, DELIVERY, Rollback())
    await watched(cloud.ecs, DELIVERY, plan, began)
    assert await cloud.ecs.has_applied(DELIVERY, plan.steps[0], "OP-1-0", began) is True


async def test_bounds_that_were_set_before_a_crash_are_seen(cloud: Cloud):
    plan = await cloud.ecs.plan(MIYABI, CapacityBounds(max=6))
    assert await cloud.ecs.has_applied(MIYABI, plan.steps[0], "OP-1-0", cloud.clock()) is False
    await cloud.ecs.apply(MIYABI, plan.steps[0], "OP-1-0")
    assert await cloud.ecs.has_applied(MIYABI, plan.steps[0], "OP-1-0", cloud.clock()) is True


async def test_versions_are_what_was_deployed_the_running_one_first(cloud: Cloud):
    versions = await cloud.ecs.versions(DELIVERY)
    assert [one.id.rsplit(":")[-1] for one in versions] == ["42", "41", "39", "38"]
    assert versions[0].is_current
    assert versions[1].label == "delivery-standard:v1.2.3"
    assert versions[1].at


async def test_a_version_that_failed_is_not_what_rollback_chooses(cloud: Cloud):
    cloud.faults.switch("deploy-fails", True)
    plan = await applied(cloud.ecs, DELIVERY, Rollback(version="40"))
    await watched(cloud.ecs, DELIVERY, plan, cloud.clock())
    failed = next(one for one in await cloud.ecs.versions(DELIVERY) if one.id.endswith(":40"))
    assert not failed.has_run
    assert "rolled back" in failed.note
    assert (await cloud.ecs.plan(DELIVERY, Rollback())).change == Rollback(version="delivery-standard:41")


async def test_throttling_is_waited_out_for_reads_and_writes(cloud: Cloud):
    cloud.faults.switch("cloud-throttles", True)
    plan = await applied(cloud.ecs, DELIVERY, to(5))
    assert plan.steps
    cloud.faults.switch("cloud-throttles", False)
    assert delivery(cloud).desired == 5
    assert len(cloud.writes()) == 1


async def test_access_denied_says_the_action_and_what_grants_it(cloud: Cloud):
    cloud.running.config.denied.add("ecs:UpdateService")
    plan = await cloud.ecs.plan(DELIVERY, to(5))
    with pytest.raises(BackendError, match="ecs:UpdateService") as denied:
        await cloud.ecs.apply(DELIVERY, plan.steps[0], "OP-1-0")
    assert denied.value.fault is Fault.DENIED
    assert "muster manifest iam" in denied.value.next
    assert denied.value.sent is False


async def test_a_service_that_is_not_there_is_not_found(cloud: Cloud):
    target = DELIVERY.target.model_copy(update={"service": "gone"})
    with pytest.raises(BackendError, match="has no service gone") as missing:
        await cloud.ecs.reach(DELIVERY.model_copy(update={"target": target}))
    assert missing.value.fault is Fault.NOT_FOUND


async def test_an_unreachable_aws_was_not_sent_anything(cloud: Cloud):
    async with serve(AwsConfig(cloud.clock, pace_s=1.0, faults=FaultBoard())) as gone:
        url = gone.url
    clock = Clock()
    ecs = Ecs(AwsClients(url, clock.sleep), clock, 3.0, clock.sleep)
    params = {"cluster": "c", "service": "s", "desiredCount": 1}
    step = Step(call="ecs:UpdateService", params=dict(params), says="")
    with pytest.raises(BackendError) as unreachable:
        await ecs.apply(DELIVERY, step, "OP-1-0")
    await ecs.close()
    assert (unreachable.value.fault, unreachable.value.sent) == (Fault.UNREACHABLE, False)


async def test_ten_watches_of_one_cluster_share_each_look(cloud: Cloud):
    cluster = cloud.running.world.region("us-east-1").clusters["ioanyt-prod"]
    names = [f"copy-{n}" for n in range(9)]
    for name in names:
        copy = type(delivery(cloud))(**{**vars(delivery(cloud)), "name": name})
        cluster.services[name] = copy
    targets = [DELIVERY.target.model_copy(update={"service": name}) for name in names]
    services = [DELIVERY, *(DELIVERY.model_copy(update={"target": one}) for one in targets)]
    plan = (await cloud.ecs.plan(DELIVERY, to(5))).model_copy(update={"goal": {"desired": 5, "from": 4}})
    before = len(cloud.running.made("DescribeServices"))
    watches = [cloud.ecs.watch(one, plan, cloud.clock()) for one in services]
    await asyncio.gather(*(anext(one) for one in watches))
    for one in watches:
        await one.aclose()
    looks = cloud.running.made("DescribeServices")[before:]
    assert [len(call.params["services"]) for call in looks] == [10]


async def test_a_watch_of_something_gone_ends_with_not_found(cloud: Cloud):
    plan = await applied(cloud.ecs, DELIVERY, to(6))
    del cloud.running.world.region("us-east-1").clusters["ioanyt-prod"].services["delivery-standard"]
    with pytest.raises(BackendError) as gone:
        await watched(cloud.ecs, DELIVERY, plan, cloud.clock() - timedelta(seconds=1))
    assert gone.value.fault is Fault.NOT_FOUND
