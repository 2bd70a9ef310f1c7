"""Kubernetes against the playground's API server: patched as read, rolled back whole, watched to the end."""

import json
from datetime import timedelta

import pytest

from backends.kubernetes import Kubernetes, KubernetesApi
from bot.clock import utc_now
from model.plan import (
    Amount,
    CapacityBounds,
    Change,
    Direction,
    Restart,
    RiskTier,
    Rollback,
    Scale,
)
from model.ports.backend import BackendError, Fault
from model.refusal import Refused
from playground.kubernetes import ADMIN_TOKEN, MUSTER_TOKEN
from playground.kubernetes.resources import DEPLOYMENTS, HPAS, PODS, REPLICASETS
from tests.backends.cluster import ARCHITECT, NAME, SPACE, Cluster, applied, codes, on, to, watched
from tests.playground.kubernetes.driving import until


async def test_a_count_is_planned_and_watched_until_all_are_available(cluster: Cluster):
    plan = await applied(cluster.backend, Scale(desired=Amount(how="up", n=3)))
    assert plan.change == to(7)
    assert (plan.tier, plan.direction, plan.size, plan.inverse) == (RiskTier.R1, Direction.UP, 3, to(4))
    seen = await watched(cluster.backend, plan)
    assert (seen[-1].ok, seen[-1].running, seen[-1].wanted) == (True, 7, 7)
    assert seen[0].running < 7


async def test_a_count_goes_through_the_scale_subresource(cluster: Cluster):
    await applied(cluster.backend, to(6))
    assert [call.path for call in cluster.running.calls if call.verb == "patch"] == [
        f"/apis/apps/v1/namespaces/{SPACE}/deployments/{NAME}/scale"
    ]


async def test_a_count_that_someone_changed_since_the_plan_is_left_alone(cluster: Cluster):
    plan = await cluster.backend.plan(ARCHITECT, to(6))
    cluster.edit(replicas=5)
    with pytest.raises(BackendError, match="Someone changed architect-api") as conflict:
        await cluster.backend.apply(ARCHITECT, plan.steps[0], "OP-1-0")
    assert (conflict.value.fault, conflict.value.sent) == (Fault.CONFLICT, False)
    assert cluster.deployment()["spec"]["replicas"] == 5


async def test_status_that_moved_since_the_plan_is_no_conflict(cluster: Cluster):
    plan = await cluster.backend.plan(ARCHITECT, to(6))
    version = cluster.deployment()["metadata"]["resourceVersion"]
    item = json.loads(json.dumps(cluster.deployment()))
    item["status"]["conditions"][0]["message"] = "moved"
    cluster.running.cluster.store.replace(DEPLOYMENTS, item)
    assert cluster.deployment()["metadata"]["resourceVersion"] != version
    await cluster.backend.apply(ARCHITECT, plan.steps[0], "OP-1-0")
    assert cluster.deployment()["spec"]["replicas"] == 6


async def test_a_patch_says_which_version_it_was_made_for(cluster: Cluster):
    await applied(cluster.backend, to(6))
    patch = next(call for call in cluster.running.calls if call.verb == "patch")
    assert patch.json()["metadata"]["resourceVersion"]
    assert patch.user_agent == "muster"


async def test_making_a_call_twice_changes_nothing_more(cluster: Cluster):
    for change in (to(6), Rollback(), CapacityBounds(max=12), Restart()):
        plan = await applied(cluster.backend, change)
        before = cluster.deployment()["metadata"]["generation"]
        await cluster.backend.apply(ARCHITECT, plan.steps[0], "OP-1-0")
        assert cluster.deployment()["metadata"]["generation"] == before


async def test_a_count_outside_the_autoscalers_range_warns(cluster: Cluster):
    assert codes(await cluster.backend.plan(ARCHITECT, to(2)))["autoscaler"] == "warn"
    assert codes(await cluster.backend.plan(ARCHITECT, to(5))) == {"hpa": "warn"}


async def test_a_count_of_zero_says_that_the_autoscaler_is_off(cluster: Cluster):
    plan = await cluster.backend.plan(ARCHITECT, to(0))
    assert plan.tier is RiskTier.R3
    assert codes(plan) == {"hpa-off": "note"}


async def test_a_count_outside_the_hard_limits_is_stopped(cluster: Cluster):
    plan = await cluster.backend.plan(ARCHITECT, to(21))
    assert codes(plan)["hard-limit"] == "stop"


async def test_a_count_that_the_autoscaler_takes_back_ends_as_not_ok(cluster: Cluster):
    plan = await applied(cluster.backend, to(2))
    await until(lambda: cluster.deployment()["spec"]["replicas"] == 3, "the autoscaler's answer")
    seen = await watched(cluster.backend, plan)
    assert seen[-1].ok is False
    assert "HorizontalPodAutoscaler architect-api set replicas back to 3" in seen[-1].why


async def test_bounds_are_patched_and_seen(cluster: Cluster):
    plan = await applied(cluster.backend, CapacityBounds(max=12))
    assert plan.inverse == CapacityBounds(min=3, max=20)
    assert plan.direction is Direction.DOWN
    assert (await watched(cluster.backend, plan))[-1].ok is True
    assert cluster.running.cluster.store.get(HPAS, SPACE, NAME)["spec"]["maxReplicas"] == 12


async def test_a_restart_replaces_every_pod_and_keeps_version_and_revisions(cluster: Cluster):
    store = cluster.running.cluster.store
    before, kept = {one["metadata"]["uid"] for one in store.every(PODS, SPACE)}, cluster.revisions()
    plan = await applied(cluster.backend, Restart())
    seen = await watched(cluster.backend, plan)
    assert seen[-1].ok is True
    live = [one for one in store.every(PODS, SPACE) if "deletionTimestamp" not in one["metadata"]]
    assert before.isdisjoint(one["metadata"]["uid"] for one in live)
    assert kept < cluster.revisions()


async def test_a_rollback_puts_the_template_of_the_revision_back_whole(cluster: Cluster):
    template = json.loads(json.dumps(cluster.deployment()["spec"]["template"]))
    template["spec"]["containers"][0]["env"].append({"name": "ADDED", "value": "later"})
    template["spec"]["containers"].append({"name": "sidecar", "image": "registry.example.com/sidecar:1"})
    cluster.edit(template=template)
    await until(lambda: "9" in cluster.revisions(), "revision 9")
    plan = await applied(cluster.backend, Rollback(version="7"))
    assert [(one.what, one.after) for one in plan.deltas] == [
        ("revision", "7"),
        ("image of architect-api", "architect-api:2.14.2"),
        ("image of sidecar", "none"),
        ("ADDED", "not set"),
    ]
    assert (await watched(cluster.backend, plan))[-1].ok is True
    containers = cluster.deployment()["spec"]["template"]["spec"]["containers"]
    assert [one["name"] for one in containers] == ["architect-api"]
    assert "ADDED" not in {one["name"] for one in containers[0]["env"]}
    assert "pod-template-hash" not in cluster.deployment()["spec"]["template"]["metadata"]["labels"]
    assert cluster.deployment()["metadata"]["annotations"]["kubernetes.io/change-cause"] == "release 2.14.2"


async def test_a_plan_holds_no_pod_template_as_templates_hold_secrets(cluster: Cluster):
    template = json.loads(json.dumps(cluster.deployment()["spec"]["template"]))
    template["spec"]["containers"][0]["env"].append({"name": "PASSWORD", "value": "hunter2"})
    cluster.edit(template=template)
    await until(lambda: "9" in cluster.revisions(), "revision 9")
    admin = on(cluster.running, ADMIN_TOKEN)
    for change in (Rollback(), Rollback(version="9"), Restart(), Restart(hard=True)):
        assert "hunter2" not in (await admin.plan(ARCHITECT, change)).model_dump_json()
    await admin.close()


async def test_rollback_goes_to_the_newest_revision_that_is_kept_and_warns_when_that_is_forward(
    cluster: Cluster,
):
    plan = await applied(cluster.backend, Rollback())
    assert plan.change == Rollback(version="7")
    await watched(cluster.backend, plan)
    again = await cluster.backend.plan(ARCHITECT, Rollback())
    assert again.change == Rollback(version="8")
    assert codes(again)["newer"] == "warn"
    assert codes(await cluster.backend.plan(ARCHITECT, Rollback(version="6"))) == {}


async def test_a_revision_that_is_not_kept_is_refused_with_those_that_are(cluster: Cluster):
    with pytest.raises(Refused, match="keeps no revision 2") as refused:
        await cluster.backend.plan(ARCHITECT, Rollback(version="2"))
    assert "`7` (architect-api:2.14.2)" in refused.value.instead


async def test_the_running_revision_is_nothing_to_go_back_to(cluster: Cluster):
    assert (await cluster.backend.plan(ARCHITECT, Rollback(version="8"))).changes_nothing


async def test_a_rollback_over_someone_elses_deployment_is_left_alone(cluster: Cluster):
    plan = await cluster.backend.plan(ARCHITECT, Rollback(version="6"))
    await applied(cluster.backend, Rollback(version="7"))
    with pytest.raises(BackendError, match="Someone changed") as conflict:
        await cluster.backend.apply(ARCHITECT, plan.steps[0], "OP-1-0")
    assert conflict.value.fault is Fault.CONFLICT


async def test_a_revision_that_is_gone_by_now_is_a_conflict(cluster: Cluster):
    plan = await cluster.backend.plan(ARCHITECT, Rollback(version="6"))
    name = str(plan.steps[0].params["replicaset"]).rsplit("/", 1)[-1]
    cluster.running.cluster.store.remove(REPLICASETS, SPACE, name)
    with pytest.raises(BackendError, match="is gone") as conflict:
        await cluster.backend.apply(ARCHITECT, plan.steps[0], "OP-1-0")
    assert conflict.value.fault is Fault.CONFLICT


async def test_another_deployment_meanwhile_ends_the_watch_and_is_named(cluster: Cluster):
    plan = await applied(cluster.backend, Rollback(version="6"))
    await applied(cluster.backend, Rollback(version="7"))
    seen = await watched(cluster.backend, plan)
    assert seen[-1].ok is False
    assert "Someone else deployed architect-api:2.14.2" in seen[-1].why


async def test_an_autoscaler_that_moves_the_count_does_not_fail_a_restart(cluster: Cluster):
    plan = await applied(cluster.backend, Restart())
    cluster.edit(replicas=5)
    seen = await watched(cluster.backend, plan)
    assert (seen[-1].ok, seen[-1].running) == (True, 5)


async def test_a_failing_rollout_ends_at_its_deadline_with_the_pod_and_its_reason(cluster: Cluster):
    cluster.faults.switch("deploy-fails", True)
    cluster.edit(progressDeadlineSeconds=60)
    plan = await applied(cluster.backend, Restart())
    seen = await watched(cluster.backend, plan)
    assert seen[-1].ok is False
    assert "past its deadline" in seen[-1].why
    assert "exit code 1" in seen[-1].why
    assert seen[-1].failed > 0


async def test_rolling_back_a_failed_rollout_is_not_failed_by_the_old_deadline(cluster: Cluster):
    cluster.faults.switch("deploy-fails", True)
    cluster.edit(progressDeadlineSeconds=60)
    failing = await applied(cluster.backend, Restart())
    assert (await watched(cluster.backend, failing))[-1].ok is False
    cluster.faults.switch("deploy-fails", False)
    plan = await applied(cluster.backend, Rollback(version="8"))
    # The cluster tells whole seconds: let the change be later than the deadline by more than one.
    assert (await watched(cluster.backend, plan, timedelta(seconds=-2)))[-1].ok is True


async def test_a_paused_deployment_is_refused_with_how_to_resume_it(cluster: Cluster):
    cluster.edit(paused=True)
    for change in (Restart(), Rollback()):
        with pytest.raises(Refused, match="kubectl rollout resume deployment/architect-api"):
            await cluster.backend.plan(ARCHITECT, change)


async def test_a_deployment_that_recreates_warns_of_it(cluster: Cluster):
    cluster.edit(strategy={"type": "Recreate"})
    assert codes(await cluster.backend.plan(ARCHITECT, Restart()))["all-at-once"] == "warn"


@pytest.mark.parametrize(
    "change",
    [to(6), Rollback(), Restart(), CapacityBounds(max=9)],
    ids=["scale", "rollback", "restart", "bounds"],
)
async def test_after_a_crash_it_is_known_whether_the_call_was_made(cluster: Cluster, change: Change):
    plan = await cluster.backend.plan(ARCHITECT, change)
    step, began = plan.steps[0], utc_now()
    assert await cluster.backend.has_applied(ARCHITECT, step, "OP-1-0", began) is False
    await cluster.backend.apply(ARCHITECT, step, "OP-1-0")
    assert await cluster.backend.has_applied(ARCHITECT, step, "OP-1-0", began) is True


async def test_the_fingerprint_follows_the_configuration_and_not_the_status(cluster: Cluster):
    before = await cluster.backend.fingerprint(ARCHITECT)
    plan = await applied(cluster.backend, to(6))
    at_once = await cluster.backend.fingerprint(ARCHITECT)
    await watched(cluster.backend, plan)
    assert before == plan.fingerprint != at_once
    assert await cluster.backend.fingerprint(ARCHITECT) == at_once


async def test_two_restarts_in_one_second_are_two(cluster: Cluster):
    now = utc_now()

    def connect(name: str) -> KubernetesApi:
        return KubernetesApi(cluster.running.url, MUSTER_TOKEN, None, name)

    backend = Kubernetes(connect, lambda: now, 0.1)
    for number in (9, 10):
        await applied(backend, Restart())
        await until(lambda number=number: str(number) in cluster.revisions(), f"revision {number}")
    await backend.close()
