"""Argo Rollouts, as their documentation says that they behave."""

import copy
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from playground.faults import FaultBoard
from playground.kubernetes import ADMIN_TOKEN, KubeConfig, Running, serve
from playground.kubernetes.cluster import Cluster
from playground.kubernetes.resources import REPLICASETS, ROLLOUTS
from tests.playground.kubernetes.driving import until
from tests.playground.kubernetes.rollouts import PAY, WEB, rollout, seeded_rollouts
from tests.playground.kubernetes.workloads import SPACE, image

MERGE = "application/merge-patch+json"


@pytest.fixture
async def running() -> AsyncGenerator[Running]:
    async with serve(KubeConfig(pace_s=0.02, faults=FaultBoard())) as serving:
        seeded_rollouts(serving.cluster)
        for name in (WEB, PAY):
            await phase(serving.cluster, name, "Healthy")
        yield serving


async def phase(cluster: Cluster, name: str, wanted: str) -> dict[str, Any]:
    def is_there() -> bool:
        item = rollout(cluster, name)
        status = item.get("status", {})
        is_seen = status.get("observedGeneration") == str(item["metadata"]["generation"])
        is_ending = status.get("controllerPause") and not status.get("pauseConditions")
        return is_seen and not is_ending and status.get("phase") == wanted

    await until(is_there, f"{name} is {wanted}")
    return rollout(cluster, name)["status"]


def runs(cluster: Cluster, name: str) -> dict[str, int]:
    """Available pods by tag."""
    found: dict[str, int] = {}
    for one in cluster.store.every(REPLICASETS, SPACE):
        if one["metadata"]["name"].startswith(f"{name}-") and one["spec"]["replicas"]:
            tag = one["spec"]["template"]["spec"]["containers"][0]["image"].rpartition(":")[2]
            found[tag] = one["status"].get("availableReplicas", 0)
    return found


def edit(cluster: Cluster, name: str, tag: str) -> None:
    item = copy.deepcopy(rollout(cluster, name))
    item["spec"]["template"]["spec"]["containers"][0]["image"] = image(name, tag)
    cluster.store.replace(ROLLOUTS, item, by_client=True)


async def patch(running: Running, name: str, body: dict[str, Any], sub: str = "", kind: str = MERGE) -> int:
    path = f"/apis/argoproj.io/v1alpha1/namespaces/{SPACE}/rollouts/{name}{sub}"
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}", "Content-Type": kind}
    async with httpx.AsyncClient(base_url=running.url, headers=headers) as client:
        return (await client.patch(path, json=body)).status_code


async def test_a_canary_stops_at_a_pause_goes_on_when_promoted_and_ends_stable(running: Running):
    cluster = running.cluster
    edit(cluster, WEB, "1.1")
    status = await phase(cluster, WEB, "Paused")
    assert (status["currentStepIndex"], runs(cluster, WEB)) == (1, {"1.0": 3, "1.1": 1})
    assert await patch(running, WEB, {"status": {"pauseConditions": None}}, "/status") == 200
    await until(lambda: rollout(cluster, WEB)["status"]["currentStepIndex"] == 5, "the last pause")
    await phase(cluster, WEB, "Paused")
    assert runs(cluster, WEB) == {"1.0": 1, "1.1": 3}
    assert await patch(running, WEB, {"status": {"promoteFull": True}}, "/status") == 200
    status = await phase(cluster, WEB, "Healthy")
    assert status["stableRS"] == status["currentPodHash"]
    assert runs(cluster, WEB) == {"1.1": 4}


async def test_an_abort_gives_all_to_the_stable_one_and_its_template_ends_the_abort(running: Running):
    cluster = running.cluster
    edit(cluster, WEB, "1.1")
    await phase(cluster, WEB, "Paused")
    assert await patch(running, WEB, {"status": {"abort": True}}, "/status") == 200
    status = await phase(cluster, WEB, "Degraded")
    assert status["message"] == "RolloutAborted: Rollout aborted update to revision 2"
    await until(lambda: runs(cluster, WEB) == {"1.0": 4}, "only the stable one")
    edit(cluster, WEB, "1.0")
    status = await phase(cluster, WEB, "Healthy")
    assert status["currentStepIndex"] == 6
    assert "abort" not in status


async def test_blue_green_waits_with_the_new_one_beside_the_old(running: Running):
    cluster = running.cluster
    edit(cluster, PAY, "1.1")
    status = await phase(cluster, PAY, "Paused")
    assert status["message"] == "BlueGreenPause"
    assert runs(cluster, PAY) == {"1.0": 4, "1.1": 4}
    assert status["blueGreen"]["activeSelector"] == status["stableRS"] != status["currentPodHash"]
    assert await patch(running, PAY, {"status": {"pauseConditions": None}}, "/status") == 200
    await phase(cluster, PAY, "Healthy")
    await until(lambda: runs(cluster, PAY) == {"1.1": 4}, "the old one to go")


async def test_a_restart_replaces_pods_of_the_same_replica_set(running: Running):
    cluster = running.cluster
    before = rollout(cluster, WEB)["status"]["stableRS"]
    assert await patch(running, WEB, {"spec": {"restartAt": "2100-01-01T00:00:00Z"}}) == 200
    item = copy.deepcopy(rollout(cluster, WEB))
    item["spec"]["restartAt"] = item["metadata"]["creationTimestamp"]
    cluster.store.replace(ROLLOUTS, item, by_client=True)
    status = await phase(cluster, WEB, "Healthy")
    assert (status["restartedAt"], status["stableRS"]) == (item["spec"]["restartAt"], before)


async def test_a_custom_kind_takes_no_strategic_merge_patch(running: Running):
    strategic = "application/strategic-merge-patch+json"
    assert await patch(running, WEB, {"spec": {"replicas": 5}}, kind=strategic) == 415
