"""The StatefulSet controller: pods by number, one after another, each waited for.

Source: the documentation of StatefulSets. With `OrderedReady` pods are made from 0 upwards, each when the one
before is ready, and ended from the highest down, one at a time. A rolling update replaces from the highest
down to `partition`, each when the one before is ready again. A pod that never becomes ready stops all of it,
also after its template was put back: it has to be deleted by hand ("Forced rollback").
"""

from playground.kubernetes.controllerrevisions import (
    MARK,
    pod_of,
    revisions_of,
    truncate,
    wanted_revision,
)
from playground.kubernetes.deleting import terminate
from playground.kubernetes.podstate import is_ending, is_ready
from playground.kubernetes.recorder import Recorder
from playground.kubernetes.resources import PODS, STATEFULSETS, Json, entries, part
from playground.kubernetes.store import Store

COMPONENT = "statefulset-controller"
KIND = "StatefulSet"


class StatefulSetController:
    """Makes, replaces and ends pods, a step at a time."""

    def __init__(self, store: Store, recorder: Recorder) -> None:
        self._store, self._recorder = store, recorder

    def step(self) -> None:
        """Look at every StatefulSet once."""
        for item in self._store.every(STATEFULSETS):
            if "deletionTimestamp" not in item["metadata"]:
                update = wanted_revision(self._store, item, KIND)
                self._act(item, update)
                self._report(item, update)

    def _act(self, item: Json, update: Json) -> None:
        pods, wanted = self._pods(item), item["spec"]["replicas"]
        is_ordered = item["spec"]["podManagementPolicy"] == "OrderedReady"
        for number in range(wanted):
            if number not in pods:
                pods[number] = self._start(item, number, self._revision_for(item, number, update))
            if is_ordered and (is_ending(pods[number]) or not is_ready(pods[number])):
                return
        over = sorted((number for number in pods if number >= wanted), reverse=True)
        for number in over:
            self._end(item, pods[number])
            if is_ordered:
                return
        self._roll(item, pods, update)

    def _roll(self, item: Json, pods: dict[int, Json], update: Json) -> None:
        strategy = item["spec"]["updateStrategy"]
        if strategy["type"] != "RollingUpdate":
            return
        for number in range(item["spec"]["replicas"] - 1, _partition(item) - 1, -1):
            pod = pods[number]
            if pod["metadata"]["labels"][MARK] != update["metadata"]["name"] and not is_ending(pod):
                self._end(item, pod)
                return
            if not is_ready(pod) or is_ending(pod):
                return

    def _revision_for(self, item: Json, number: int, update: Json) -> Json:
        """Below the partition a pod is made as it was; else as the template is now."""
        if number >= _partition(item):
            return update
        current = part(item, "status").get("currentRevision")
        known = {one["metadata"]["name"]: one for one in revisions_of(self._store, item)}
        return known.get(str(current), update)

    def _pods(self, item: Json) -> dict[int, Json]:
        uid, name = item["metadata"]["uid"], item["metadata"]["name"]
        return {
            int(pod["metadata"]["name"].removeprefix(f"{name}-")): pod
            for pod in self._store.every(PODS, item["metadata"]["namespace"])
            if any(owner["uid"] == uid for owner in entries(pod["metadata"], "ownerReferences"))
        }

    def _start(self, item: Json, number: int, revision: Json) -> Json:
        name = f"{item['metadata']['name']}-{number}"
        pod = pod_of(item, KIND, revision, name, revision["metadata"]["name"])
        pod["metadata"]["labels"] |= {"statefulset.kubernetes.io/pod-name": name}
        pod["metadata"]["labels"] |= {"apps.kubernetes.io/pod-index": str(number)}
        message = f"create Pod {name} in StatefulSet {item['metadata']['name']} successful"
        self._recorder.normal(item, COMPONENT, "SuccessfulCreate", message)
        return self._store.add(PODS, pod)

    def _end(self, item: Json, pod: Json) -> None:
        if is_ending(pod):
            return
        terminate(self._store, pod)
        name = f"{pod['metadata']['name']} in StatefulSet {item['metadata']['name']}"
        self._recorder.normal(item, COMPONENT, "SuccessfulDelete", f"delete Pod {name} successful")

    def _report(self, item: Json, update: Json) -> None:
        """Counts by revision; once every pod is updated and ready, the update is the current one."""
        pods, now = list(self._pods(item).values()), update["metadata"]["name"]
        current = str(part(item, "status").get("currentRevision") or now)
        live = [pod for pod in pods if not is_ending(pod)]
        ready = sum(is_ready(pod) for pod in pods)
        counts = {
            "readyReplicas": ready,
            "currentReplicas": sum(pod["metadata"]["labels"][MARK] == current for pod in live),
            "updatedReplicas": sum(pod["metadata"]["labels"][MARK] == now for pod in live),
        }
        rolls = item["spec"]["updateStrategy"]["type"] == "RollingUpdate"
        if rolls and counts["updatedReplicas"] == ready == len(pods):
            current, counts["currentReplicas"] = now, counts["updatedReplicas"]
        status: Json = {"observedGeneration": item["metadata"]["generation"], "replicas": len(pods)}
        status |= {name: count for name, count in counts.items() if count}
        status |= {"availableReplicas": ready, "collisionCount": 0}
        status |= {"currentRevision": current, "updateRevision": now}
        self._store.replace(STATEFULSETS, item | {"status": status})
        truncate(self._store, item, {current, now, *(pod["metadata"]["labels"][MARK] for pod in pods)})


def _partition(item: Json) -> int:
    return int(part(item, "spec", "updateStrategy", "rollingUpdate").get("partition", 0))
