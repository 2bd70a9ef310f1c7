"""What is seen of a deployment, and what is said when the API server cannot or will not."""

import json

import pytest

from backends.kubernetes import KubernetesApi
from model.health import Verdict
from model.plan import Restart
from model.ports.backend import BackendError, Fault
from playground.kubernetes import MUSTER_TOKEN, READER_TOKEN, KubeConfig, serve
from tests.backends.cluster import ARCHITECT, NAME, PACE_S, SPACE, Cluster, applied, health_that_says, on, to


async def test_an_image_that_cannot_be_pulled_is_named_while_it_goes_on(cluster: Cluster):
    template = json.loads(json.dumps(cluster.deployment()["spec"]["template"]))
    template["spec"]["containers"][0]["image"] = "registry.example.com/architect/architect-api:broken"
    cluster.edit(template=template)
    health = await health_that_says(cluster, "ImagePullBackOff")
    assert health.verdict is Verdict.DEGRADED
    assert health.reason.startswith("3 of 4 pods are available; ")


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
