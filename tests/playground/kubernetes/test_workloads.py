"""StatefulSets and DaemonSets, as their documentation says that they behave."""

import copy

from playground.faults import FaultBoard
from playground.kubernetes import KubeConfig, serve
from playground.kubernetes.cluster import Cluster
from playground.kubernetes.controllerrevisions import revisions_of
from playground.kubernetes.podstate import is_ending, is_ready
from playground.kubernetes.resources import DAEMONSETS, PODS, STATEFULSETS, Resource
from tests.playground.kubernetes.driving import until
from tests.playground.kubernetes.workloads import AGENT, DB, SPACE, image, seeded


def alive(cluster: Cluster, name: str) -> dict[str, str]:
    """Pods that are ready, with what they run."""
    pods = [one for one in cluster.store.every(PODS, SPACE) if one["metadata"]["name"].startswith(f"{name}-")]
    return {
        one["metadata"]["name"]: one["spec"]["containers"][0]["image"].rpartition(":")[2]
        for one in pods
        if is_ready(one) and not is_ending(one)
    }


def edit(cluster: Cluster, resource: Resource, name: str, tag: str) -> None:
    item = copy.deepcopy(cluster.store.get(resource, SPACE, name))
    item["spec"]["template"]["spec"]["containers"][0]["image"] = image(name, tag)
    cluster.store.replace(resource, item, by_client=True)


async def test_a_statefulset_rolls_from_the_highest_down_and_a_broken_pod_stops_it_even_after_a_rollback():
    async with serve(KubeConfig(pace_s=0.02, faults=FaultBoard())) as running:
        cluster = running.cluster
        seeded(cluster)
        await until(lambda: alive(cluster, DB) == {f"{DB}-{n}": "1.0" for n in range(3)}, "three pods")
        edit(cluster, STATEFULSETS, DB, "1.1")
        everywhere = {f"{DB}-{n}": "1.1" for n in range(3)}
        await until(lambda: alive(cluster, DB) == everywhere, "1.1")
        edit(cluster, STATEFULSETS, DB, "broken")
        await until(lambda: "ErrImagePull" in str(cluster.store.every(PODS, SPACE)), "the broken pod")
        edit(cluster, STATEFULSETS, DB, "1.1")
        item = cluster.store.get(STATEFULSETS, SPACE, DB)
        await until(lambda: [one["revision"] for one in revisions_of(cluster.store, item)] == [1, 3, 4], "4")
        await until(lambda: "ImagePullBackOff" in str(cluster.store.every(PODS, SPACE)), "that it is kept")
        assert f"{DB}-2" not in alive(cluster, DB)
        cluster.store.remove(PODS, SPACE, f"{DB}-2")
        await until(lambda: alive(cluster, DB) == {f"{DB}-{n}": "1.1" for n in range(3)}, "all of them")


async def test_a_daemonset_runs_once_on_each_node_and_heals_by_a_rollback():
    async with serve(KubeConfig(pace_s=0.02, faults=FaultBoard())) as running:
        cluster = running.cluster
        seeded(cluster)
        await until(lambda: len(alive(cluster, AGENT)) == 3, "a pod on each node")
        nodes = {one["spec"]["nodeName"] for one in cluster.store.every(PODS, SPACE) if "agent" in str(one)}
        assert nodes >= {"node-1", "node-2", "node-3"}
        edit(cluster, DAEMONSETS, AGENT, "broken")
        await until(lambda: len(alive(cluster, AGENT)) == 2, "the broken pod")
        edit(cluster, DAEMONSETS, AGENT, "1.0")
        await until(lambda: list(alive(cluster, AGENT).values()) == ["1.0"] * 3, "all of them")
