"""The deployment controller: new ReplicaSets, rolling updates, resizing, revisions and history."""

import copy
from datetime import datetime, timedelta

from playground.kubernetes.conditions import (
    COMPLETE,
    Condition,
    counted,
    find_condition,
    is_complete,
    with_available,
    with_condition,
    with_progress,
)
from playground.kubernetes.recorder import Recorder
from playground.kubernetes.resources import DEPLOYMENTS, REPLICASETS, Json, part
from playground.kubernetes.revisions import (
    DESIRED,
    find_new,
    new_set,
    orphans,
    owned_sets,
    owner_of,
    revision_of,
    with_revision,
    with_size_notes,
)
from playground.kubernetes.rollout import Size, bounds_of, next_new, next_old, proportional
from playground.kubernetes.store import Store

COMPONENT = "deployment-controller"


class DeploymentController:
    """Moves ReplicaSets toward what Deployments ask for, a step at a time.

    model_s: how many real seconds one second of `progressDeadlineSeconds` takes here.
    """

    def __init__(self, store: Store, recorder: Recorder, model_s: float) -> None:
        self._store = store
        self._recorder = recorder
        self._model_s = model_s
        self._progressed: dict[str, datetime] = {}

    def step(self, now: datetime) -> None:
        """Look at every Deployment once."""
        for deployment in self._store.every(DEPLOYMENTS):
            if "deletionTimestamp" not in deployment["metadata"]:
                self._sync(deployment, now)

    def _sync(self, deployment: Json, now: datetime) -> None:
        self._adopt(deployment)
        sets = owned_sets(self._store, deployment)
        new = find_new(deployment, sets)
        if self._is_resized(deployment, sets):
            self._resize(deployment, new, sets)
        elif not deployment["spec"].get("paused"):
            new = self._ensure_new(deployment, new, sets, now)
            self._roll(self._fresh(DEPLOYMENTS, deployment), new)
        deployment = self._fresh(DEPLOYMENTS, deployment)
        self._report(deployment, now)
        self._clean_up(self._fresh(DEPLOYMENTS, deployment))

    def _adopt(self, deployment: Json) -> None:
        """Take over what is left of a Deployment that was deleted with `Orphan`."""
        for one in orphans(self._store, deployment):
            adopted = copy.deepcopy(one)
            adopted["metadata"]["ownerReferences"] = [owner_of(deployment)]
            self._store.replace(REPLICASETS, adopted)

    def _fresh(self, resource: object, item: Json) -> Json:
        meta = item["metadata"]
        kind = DEPLOYMENTS if resource is DEPLOYMENTS else REPLICASETS
        return self._store.get(kind, meta["namespace"], meta["name"])

    def _is_resized(self, deployment: Json, sets: list[Json]) -> bool:
        desired = str(deployment["spec"]["replicas"])
        notes = [part(one["metadata"], "annotations") for one in sets if one["spec"]["replicas"]]
        return any(note.get(DESIRED, desired) != desired for note in notes)

    def _resize(self, deployment: Json, new: Json | None, sets: list[Json]) -> None:
        active = [one for one in sets if one["spec"]["replicas"]]
        desired = deployment["spec"]["replicas"]
        if len(active) <= 1:
            only = active[0] if active else new
            if only is not None:
                self._scale(deployment, only, desired)
            return
        bounds = bounds_of(deployment)
        shares = proportional(bounds, [one["spec"]["replicas"] for one in active])
        for one, share in zip(active, shares, strict=True):
            self._scale(deployment, one, share)

    def _ensure_new(self, deployment: Json, new: Json | None, sets: list[Json], now: datetime) -> Json:
        newest = max((revision_of(one) for one in sets if one is not new), default=0)
        if new is None:
            wanted = next_new(bounds_of(deployment), Size(0, 0), _sizes(sets))
            if deployment["spec"]["strategy"]["type"] == "Recreate" and any(_sizes_left(sets)):
                wanted = 0
            new = self._store.add(REPLICASETS, new_set(deployment, newest + 1, wanted))
            self._note_progress(deployment, now, "NewReplicaSetCreated", "Created new replica set", new)
            if wanted:
                self._say_scaled(deployment, new, 0)
        elif revision_of(new) <= newest:
            new = self._store.replace(REPLICASETS, with_revision(new, deployment, newest + 1))
            self._note_progress(deployment, now, "FoundNewReplicaSet", "Found new replica set", new)
        deployment = self._fresh(DEPLOYMENTS, deployment)
        meta = deployment["metadata"]
        notes = meta.get("annotations", {}) | {"deployment.kubernetes.io/revision": str(revision_of(new))}
        self._store.replace(DEPLOYMENTS, deployment | {"metadata": meta | {"annotations": notes}})
        return new

    def _note_progress(self, deployment: Json, now: datetime, reason: str, words: str, new: Json) -> None:
        self._progressed[deployment["metadata"]["uid"]] = now
        message = f'{words} "{new["metadata"]["name"]}"'
        status = deployment["status"]
        changed = with_condition(status, Condition("Progressing", True, reason, message), now)
        self._store.replace(DEPLOYMENTS, deployment | {"status": changed})

    def _roll(self, deployment: Json, new: Json) -> None:
        old = [one for one in owned_sets(self._store, deployment) if one["metadata"]["uid"] != _uid(new)]
        running = [one for one in old if one["spec"]["replicas"]]
        if deployment["spec"]["strategy"]["type"] == "Recreate":
            for one in running:
                self._scale(deployment, one, 0)
            if not running and not any(_sizes_left(old)):
                self._scale(deployment, new, deployment["spec"]["replicas"])
            return
        bounds, size = bounds_of(deployment), _sizes([new])[0]
        wanted = next_new(bounds, size, _sizes(running))
        if wanted != size.wanted:
            self._scale(deployment, new, wanted)
            return
        for one, count in zip(running, next_old(bounds, size, _sizes(running)), strict=True):
            self._scale(deployment, one, count)

    def _scale(self, deployment: Json, one: Json, wanted: int) -> None:
        before = one["spec"]["replicas"]
        changed = with_size_notes(one, deployment)
        changed["spec"]["replicas"] = wanted
        changed = self._store.replace(REPLICASETS, changed)
        if wanted != before:
            self._say_scaled(deployment, changed, before)

    def _say_scaled(self, deployment: Json, one: Json, before: int) -> None:
        wanted = one["spec"]["replicas"]
        way = "up" if wanted > before else "down"
        message = f"Scaled {way} replica set {one['metadata']['name']} from {before} to {wanted}"
        self._recorder.normal(deployment, COMPONENT, "ScalingReplicaSet", message)

    def _report(self, deployment: Json, now: datetime) -> None:
        sets = owned_sets(self._store, deployment)
        new = find_new(deployment, sets)
        uid = deployment["metadata"]["uid"]
        status = with_available(counted(deployment, new, sets), deployment, now)
        if not deployment["spec"].get("paused"):
            since = self._progressed.setdefault(uid, now)
            wait_s = deployment["spec"]["progressDeadlineSeconds"] * self._model_s
            name = new["metadata"]["name"] if new else deployment["metadata"]["name"]
            status, moved = with_progress(status, deployment, name, since, timedelta(seconds=wait_s), now)
            if moved:
                self._progressed[uid] = now
        self._store.replace(DEPLOYMENTS, deployment | {"status": status})

    def _clean_up(self, deployment: Json) -> None:
        current = find_condition(deployment["status"], "Progressing")
        if (
            current is None
            or current["reason"] != COMPLETE
            or not is_complete(deployment, deployment["status"])
        ):
            return
        sets = owned_sets(self._store, deployment)
        new = find_new(deployment, sets)
        idle = [one for one in sets if one is not new and not one["spec"]["replicas"]]
        idle = [one for one in idle if not one["status"].get("replicas", 0)]
        extra = len(idle) - deployment["spec"]["revisionHistoryLimit"]
        for one in sorted(idle, key=revision_of)[: max(extra, 0)]:
            self._store.remove(REPLICASETS, one["metadata"]["namespace"], one["metadata"]["name"])


def _uid(item: Json) -> str:
    return item["metadata"]["uid"]


def _sizes(sets: list[Json]) -> list[Size]:
    return [Size(one["spec"]["replicas"], one["status"].get("availableReplicas", 0)) for one in sets]


def _sizes_left(sets: list[Json]) -> list[int]:
    return [one["spec"]["replicas"] + one["status"].get("replicas", 0) for one in sets]
