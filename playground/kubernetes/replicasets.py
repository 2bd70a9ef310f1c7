"""The ReplicaSet controller: as many pods as wanted, and counts of how they are."""

import copy
from datetime import datetime, timedelta

from playground.kubernetes.deleting import terminate
from playground.kubernetes.podstate import is_active, is_ready, ready_since
from playground.kubernetes.recorder import Recorder
from playground.kubernetes.resources import PODS, REPLICASETS, Json, entries, part
from playground.kubernetes.store import Store

COMPONENT = "replicaset-controller"


class ReplicaSetController:
    """Creates and ends pods. model_s: real seconds for one second of `minReadySeconds`."""

    def __init__(self, store: Store, recorder: Recorder, model_s: float) -> None:
        self._store = store
        self._recorder = recorder
        self._model_s = model_s

    def step(self, now: datetime) -> None:
        """Look at every ReplicaSet once."""
        pods = self._pods_by_owner()
        for one in self._store.every(REPLICASETS):
            if "deletionTimestamp" in one["metadata"]:
                continue
            mine = [pod for pod in pods.get(one["metadata"]["uid"], []) if is_active(pod)]
            missing = one["spec"]["replicas"] - len(mine)
            for _ in range(missing):
                mine.append(self._start(one))
            if missing < 0:
                mine = self._end(one, mine, -missing)
            self._report(one, mine, now)

    def _pods_by_owner(self) -> dict[str, list[Json]]:
        found: dict[str, list[Json]] = {}
        for pod in self._store.every(PODS):
            for owner in entries(pod["metadata"], "ownerReferences"):
                found.setdefault(owner["uid"], []).append(pod)
        return found

    def _start(self, one: Json) -> Json:
        name = self._store.new_name(f"{one['metadata']['name']}-")
        pod = self._store.add(PODS, new_pod(one, name))
        self._recorder.normal(one, COMPONENT, "SuccessfulCreate", f"Created pod: {name}")
        return pod

    def _end(self, one: Json, pods: list[Json], count: int) -> list[Json]:
        # Source: the controller's ranking, pods that do no work first, then the youngest.
        ranked = sorted(pods, key=lambda pod: int(pod["metadata"]["resourceVersion"]), reverse=True)
        ranked.sort(key=lambda pod: pod["metadata"]["creationTimestamp"], reverse=True)
        ranked.sort(key=is_ready)
        for pod in ranked[:count]:
            terminate(self._store, pod)
            name = pod["metadata"]["name"]
            self._recorder.normal(one, COMPONENT, "SuccessfulDelete", f"Deleted pod: {name}")
        return ranked[count:]

    def _report(self, one: Json, pods: list[Json], now: datetime) -> None:
        ready = [pod for pod in pods if is_ready(pod)]
        wait = timedelta(seconds=one["spec"].get("minReadySeconds", 0) * self._model_s)
        since = [ready_since(pod) or now for pod in ready]
        counts = {
            "fullyLabeledReplicas": len(pods),
            "readyReplicas": len(ready),
            "availableReplicas": sum(1 for moment in since if now - moment >= wait or not wait),
        }
        status: Json = {"replicas": len(pods)} | {name: count for name, count in counts.items() if count}
        fresh = self._store.get(REPLICASETS, one["metadata"]["namespace"], one["metadata"]["name"])
        status |= {"observedGeneration": fresh["metadata"]["generation"]}
        self._store.replace(REPLICASETS, fresh | {"status": status})


def new_pod(one: Json, name: str) -> Json:
    """A pod of a ReplicaSet's template, not yet scheduled."""
    template, meta = one["spec"]["template"], one["metadata"]
    owner = {
        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": meta["name"], "uid": meta["uid"],
        "controller": True, "blockOwnerDeletion": True,
    }  # fmt: skip
    about: Json = {
        "name": name,
        "generateName": f"{meta['name']}-",
        "namespace": meta["namespace"],
        "labels": dict(part(template, "metadata", "labels")),
        "ownerReferences": [owner],
    }
    if template["metadata"].get("annotations"):
        about["annotations"] = dict(template["metadata"]["annotations"])
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": about,
        "spec": copy.deepcopy(template["spec"]),
        "status": {"phase": "Pending", "qosClass": "Burstable"},
    }
