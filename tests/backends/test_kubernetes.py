"""Kubernetes against the playground's API server: patched as read, rolled back whole, watched to the end."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from backends.kubernetes import Kubernetes, KubernetesApi
from bot.clock import utc_now
from model.backend import BackendError, Fault
from model.change import (
    Amount,
    Bounds,
    Change,
    Direction,
    Health,
    Plan,
    Progress,
    Restart,
    RiskTier,
    Rollback,
    Scale,
    Verdict,
)
from model.refusal import Refused
from playground.faults import FaultBoard
from playground.kubernetes import ADMIN_TOKEN, MUSTER_TOKEN, READER_TOKEN, KubeConfig, Running, serve
from playground.kubernetes.resources import DEPLOYMENTS, HPAS, PODS, REPLICASETS
from tests.backends.conftest import MOST_LOOKS, service
from tests.playground.kubernetes.driving import until

ARCHITECT = service("architect-api")
SPACE, NAME = "architect-production", "architect-api"
PACE_S = 0.02


@dataclass
class Cluster:
    """The API server, and the backend on it with Muster's own token."""

    running: Running
    backend: Kubernetes
    faults: FaultBoard

    def deployment(self) -> dict:
        return self.running.cluster.store.get(DEPLOYMENTS, SPACE, NAME)

    def edit(self, **spec: object) -> None:
        """Change the deployment as someone else would."""
        item = json.loads(json.dumps(self.deployment()))
        item["spec"] |= spec
        self.running.cluster.store.replace(DEPLOYMENTS, item, by_client=True)

    def writes(self) -> list[str]:
        return [call.verb for call in self.running.calls if call.verb not in {"get", "list", "watch"}]

    def revisions(self) -> set[str]:
        sets = self.running.cluster.store.every(REPLICASETS, SPACE)
        return {one["metadata"]["annotations"]["deployment.kubernetes.io/revision"] for one in sets}


def on(running: Running, token: str = MUSTER_TOKEN) -> Kubernetes:
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.05))

    def connect(cluster: str) -> KubernetesApi:
        return KubernetesApi(running.url, token, None, cluster, sleep)

    return Kubernetes(connect, utc_now, 0.1, sleep)


@pytest.fixture
async def cluster() -> AsyncIterator[Cluster]:
    faults = FaultBoard()
    async with serve(KubeConfig(pace_s=PACE_S, faults=faults, slow_s=0.1)) as running:
        backend = on(running)
        yield Cluster(running, backend, faults)
        await backend.close()


def to(count: int) -> Scale:
    return Scale(desired=Amount(how="to", n=count))


def codes(plan: Plan) -> dict[str, str]:
    return {one.code: one.level for one in plan.cautions}


async def applied(backend: Kubernetes, change: Change) -> Plan:
    plan = await backend.plan(ARCHITECT, change)
    for index, step in enumerate(plan.steps):
        await backend.apply(ARCHITECT, step, f"OP-1-{index}")
    return plan


async def health_that_says(cluster: Cluster, words: str) -> Health:
    """Look until the verdict's reason says it."""
    async with asyncio.timeout(15):
        while words not in (health := await cluster.backend.health(ARCHITECT)).reason:
            await asyncio.sleep(PACE_S)
    return health


async def watched(backend: Kubernetes, plan: Plan, ago: timedelta = timedelta()) -> list[Progress]:
    seen: list[Progress] = []
    async with asyncio.timeout(30):
        async for progress in backend.watch(ARCHITECT, plan, utc_now() - ago):
            seen.append(progress)
            assert len(seen) < MOST_LOOKS, seen[-3:]
    assert seen[-1].is_over
    return seen


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
    for change in (to(6), Rollback(), Bounds(max=12), Restart()):
        plan = await applied(cluster.backend, change)
        before = cluster.deployment()["metadata"]["generation"]
        await cluster.backend.apply(ARCHITECT, plan.steps[0], "OP-1-0")
        assert cluster.deployment()["metadata"]["generation"] == before


async def test_a_count_outside_the_autoscalers_range_warns(cluster: Cluster):
    assert codes(await cluster.backend.plan(ARCHITECT, to(2)))["autoscaler"] == "warn"
    assert codes(await cluster.backend.plan(ARCHITECT, to(5))) == {"hpa": "note"}


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
    assert "Something else set replicas to 3" in seen[-1].why


async def test_bounds_are_patched_and_seen(cluster: Cluster):
    plan = await applied(cluster.backend, Bounds(max=12))
    assert plan.inverse == Bounds(min=3, max=20)
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
        ("image", "architect-api:2.14.2"),
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
    assert "CrashLoopBackOff" in seen[-1].why
    assert "exit code 1" in seen[-1].why
    assert seen[-1].failed > 0


async def test_an_image_that_cannot_be_pulled_is_named_while_it_goes_on(cluster: Cluster):
    template = json.loads(json.dumps(cluster.deployment()["spec"]["template"]))
    template["spec"]["containers"][0]["image"] = "registry.example.com/architect/architect-api:broken"
    cluster.edit(template=template)
    health = await health_that_says(cluster, "ImagePullBackOff")
    assert health.verdict is Verdict.DEGRADED
    assert health.reason.startswith("3 of 4 pods are available; architect-api-")


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
    "change", [to(6), Rollback(), Restart(), Bounds(max=9)], ids=["scale", "rollback", "restart", "bounds"]
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


async def test_versions_are_the_revisions_kept_with_image_and_cause(cluster: Cluster):
    versions = await cluster.backend.versions(ARCHITECT)
    assert [one.id for one in versions] == ["8", "7", "6", "5"]
    assert versions[0].is_current
    assert (versions[1].label, versions[1].note) == ("architect-api:2.14.2", "release 2.14.2")


async def test_health_is_ok_when_all_pods_are_available(cluster: Cluster):
    health = await cluster.backend.health(ARCHITECT)
    values = {one.name: one.value for one in health.signs}
    assert health.verdict is Verdict.OK
    assert values["pods"] == "4 of 4 available"
    assert values["autoscaler"].startswith("keeps 3 to 20")
    assert values["version"] == "revision 8, architect-api:2.15.0"


async def test_health_tells_the_last_warning(cluster: Cluster):
    cluster.faults.switch("deploy-fails", True)
    await applied(cluster.backend, Restart())
    health = await health_that_says(cluster, "CrashLoopBackOff")
    assert any("warnings" in one.name and "BackOff" in one.value for one in health.signs)


async def test_an_account_that_may_only_read_is_told_what_to_grant(cluster: Cluster):
    reader = on(cluster.running, READER_TOKEN)
    plan = await reader.plan(ARCHITECT, to(6))
    with pytest.raises(BackendError, match="cannot patch") as denied:
        await reader.apply(ARCHITECT, plan.steps[0], "OP-1-0")
    await reader.close()
    assert (denied.value.fault, denied.value.sent) == (Fault.DENIED, False)
    assert "muster manifest rbac" in denied.value.next


async def test_throttling_is_waited_out(cluster: Cluster):
    cluster.faults.switch("cloud-throttles", True)
    await applied(cluster.backend, to(6))
    assert cluster.deployment()["spec"]["replicas"] == 6
    assert cluster.writes() == ["patch"]


async def test_a_watch_that_expired_is_read_again(cluster: Cluster):
    api = KubernetesApi(cluster.running.url, MUSTER_TOKEN, None, "architect")
    path = f"/apis/apps/v1/namespaces/{SPACE}/deployments"
    async with serve(KubeConfig(pace_s=PACE_S, history=1)) as short:
        old = KubernetesApi(short.url, MUSTER_TOKEN, None, "architect")
        assert await old.changed(path, "1", f"metadata.name={NAME}", 5.0) == "changed"
        await old.close()
    version = cluster.deployment()["metadata"]["resourceVersion"]
    assert await api.changed(path, version, "metadata.name=other", 0.05) == "quiet"
    await api.close()


async def test_a_server_that_is_gone_was_not_sent_anything():
    async with serve(KubeConfig(pace_s=PACE_S)) as gone:
        backend = on(gone)
    with pytest.raises(BackendError) as unreachable:
        await backend.reach(ARCHITECT)
    await backend.close()
    assert (unreachable.value.fault, unreachable.value.sent) == (Fault.UNREACHABLE, False)


async def test_a_deployment_that_is_not_there_is_not_found(cluster: Cluster):
    target = ARCHITECT.target.model_copy(update={"deployment": "gone"})
    with pytest.raises(BackendError) as missing:
        await cluster.backend.reach(ARCHITECT.model_copy(update={"target": target}))
    assert missing.value.fault is Fault.NOT_FOUND


async def test_a_kubeconfig_names_server_and_account(cluster: Cluster, tmp_path):
    path = cluster.running.kubeconfig(tmp_path / "kubeconfig")
    api = KubernetesApi(None, None, path, "playground")
    assert (await api.get(f"/apis/apps/v1/namespaces/{SPACE}/deployments/{NAME}"))["metadata"]["name"] == NAME
    await api.close()
    wrong = KubernetesApi(None, None, path, "other-context")
    with pytest.raises(BackendError, match="no usable kubeconfig"):
        await wrong.get("/api/v1/namespaces")


async def test_a_hard_restart_is_refused_to_an_account_that_could_only_do_half_of_it(cluster: Cluster):
    with pytest.raises(Refused, match="may not delete deployments"):
        await cluster.backend.plan(ARCHITECT, Restart(hard=True))
    assert cluster.writes() == ["create"]  # the question whether it may


async def test_a_hard_restart_keeps_manifest_revisions_and_pods_meanwhile(cluster: Cluster):
    admin = on(cluster.running, ADMIN_TOKEN)
    before, kept = cluster.deployment(), cluster.revisions()
    plan = await admin.plan(ARCHITECT, Restart(hard=True))
    assert codes(plan)["hard"] == "warn"
    assert [step.call for step in plan.steps] == [
        "kubernetes:DeleteDeployment",
        "kubernetes:CreateDeployment",
    ]
    delete, create = plan.steps
    assert await admin.has_applied(ARCHITECT, delete, "OP-1-0", utc_now()) is False
    await admin.apply(ARCHITECT, delete, "OP-1-0")
    await admin.apply(ARCHITECT, delete, "OP-1-0")
    assert await admin.has_applied(ARCHITECT, delete, "OP-1-0", utc_now()) is True
    assert await admin.has_applied(ARCHITECT, create, "OP-1-1", utc_now()) is False
    assert cluster.revisions() == kept
    assert len(cluster.running.cluster.store.every(PODS, SPACE)) == 4
    await admin.apply(ARCHITECT, create, "OP-1-1")
    await admin.apply(ARCHITECT, create, "OP-1-1")
    assert await admin.has_applied(ARCHITECT, create, "OP-1-1", utc_now()) is True
    assert (await watched(admin, plan))[-1].ok is True
    after = cluster.deployment()
    await admin.close()
    assert after["metadata"]["uid"] != before["metadata"]["uid"]
    assert after["metadata"]["labels"] == before["metadata"]["labels"]
    assert {**after["spec"], "template": 0} == {**before["spec"], "template": 0}
    assert after["spec"]["template"]["spec"] == before["spec"]["template"]["spec"]
    assert kept <= cluster.revisions()


async def test_a_hard_restart_that_cannot_create_says_what_is_left(cluster: Cluster):
    admin = on(cluster.running, ADMIN_TOKEN)
    plan = await admin.plan(ARCHITECT, Restart(hard=True))
    await admin.apply(ARCHITECT, plan.steps[0], "OP-1-0")
    await admin.close()
    with pytest.raises(BackendError, match="pods are left and go on") as denied:
        await cluster.backend.apply(ARCHITECT, plan.steps[1], "OP-1-1")
    assert denied.value.fault is Fault.DENIED
    assert "kubectl" in denied.value.next


async def test_a_deployment_that_an_operator_owns_is_not_deleted(cluster: Cluster):
    admin = on(cluster.running, ADMIN_TOKEN)
    item = json.loads(json.dumps(cluster.deployment()))
    item["metadata"]["finalizers"] = ["example.com/keeper"]
    cluster.running.cluster.store.replace(DEPLOYMENTS, item)
    with pytest.raises(Refused, match=r"finalizer example\.com/keeper"):
        await admin.plan(ARCHITECT, Restart(hard=True))
    await admin.close()


async def test_two_restarts_in_one_second_are_two(cluster: Cluster):
    now = utc_now()

    def connect(name: str) -> KubernetesApi:
        return KubernetesApi(cluster.running.url, MUSTER_TOKEN, None, name)

    backend = Kubernetes(connect, lambda: now, 0.1)
    for number in (9, 10):
        await applied(backend, Restart())
        await until(lambda number=number: str(number) in cluster.revisions(), f"revision {number}")
    await backend.close()
