"""The ReplicaSets of a Deployment: which is whose, which is new, and what revision each has."""

import copy
import hashlib
import json

from playground.kubernetes.resources import REPLICASETS, Json, entries, part
from playground.kubernetes.rollout import bounds_of
from playground.kubernetes.store import NAME_LETTERS, Store

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MOST = "deployment.kubernetes.io/max-replicas"
HASH = "pod-template-hash"

_NOT_COPIED = (REVISION, HISTORY, DESIRED, MOST, "kubectl.kubernetes.io/last-applied-configuration")


def owned_sets(store: Store, deployment: Json) -> list[Json]:
    """The Deployment's ReplicaSets, oldest revision first."""
    uid = deployment["metadata"]["uid"]
    sets = store.every(REPLICASETS, deployment["metadata"]["namespace"])
    mine = [one for one in sets if any(o["uid"] == uid for o in entries(one["metadata"], "ownerReferences"))]
    return sorted(mine, key=revision_of)


def owner_of(deployment: Json) -> Json:
    """What a ReplicaSet says of the Deployment that controls it."""
    meta = deployment["metadata"]
    return {
        "apiVersion": "apps/v1", "kind": "Deployment", "name": meta["name"], "uid": meta["uid"],
        "controller": True, "blockOwnerDeletion": True,
    }  # fmt: skip


def orphans(store: Store, deployment: Json) -> list[Json]:
    """ReplicaSets that nobody controls and that the Deployment's selector fits."""
    wanted = part(deployment["spec"]["selector"], "matchLabels")
    return [
        one
        for one in store.every(REPLICASETS, deployment["metadata"]["namespace"])
        if not entries(one["metadata"], "ownerReferences")
        and wanted
        and wanted.items() <= part(one["metadata"], "labels").items()
    ]


def find_new(deployment: Json, sets: list[Json]) -> Json | None:
    """The ReplicaSet with exactly the Deployment's template, if there is one."""
    template = deployment["spec"]["template"]
    for one in sets:
        if _plain(one["spec"]["template"]) == _plain(template):
            return one
    return None


def revision_of(item: Json) -> int:
    """The revision a ReplicaSet (or Deployment) is marked with, 0 without a mark."""
    return int(part(item["metadata"], "annotations").get(REVISION, "0"))


def new_set(deployment: Json, revision: int, replicas: int) -> Json:
    """A ReplicaSet for the Deployment's template."""
    meta, spec = deployment["metadata"], deployment["spec"]
    mark = template_hash(spec["template"])
    template = copy.deepcopy(spec["template"])
    template["metadata"].setdefault("labels", {})[HASH] = mark
    selector = copy.deepcopy(spec["selector"])
    selector.setdefault("matchLabels", {})[HASH] = mark
    notes = _copied(deployment) | {REVISION: str(revision)} | _size_notes(deployment)
    wait = {name: spec[name] for name in ("minReadySeconds",) if name in spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": f"{meta['name']}-{mark}",
            "namespace": meta["namespace"],
            "labels": dict(template["metadata"]["labels"]),
            "annotations": notes,
            "ownerReferences": [owner_of(deployment)],
            "generation": 1,
        },
        "spec": {"replicas": replicas, "selector": selector, "template": template} | wait,
        "status": {"replicas": 0},
    }


def with_revision(one: Json, deployment: Json, revision: int) -> Json:
    """An old ReplicaSet that became the new one again: it gets a new revision and remembers its old."""
    one = with_size_notes(one, deployment)
    notes = one["metadata"]["annotations"]
    notes |= _copied(deployment)
    past = [notes[HISTORY]] if notes.get(HISTORY) else []
    if notes.get(REVISION):
        notes[HISTORY] = ",".join([*past, notes[REVISION]])
    notes[REVISION] = str(revision)
    return one


def with_size_notes(one: Json, deployment: Json) -> Json:
    """A copy of a ReplicaSet that notes the size its Deployment has now."""
    one = copy.deepcopy(one)
    one["metadata"].setdefault("annotations", {}).update(_size_notes(deployment))
    return one


def template_hash(template: Json) -> str:
    """Ten letters that name a pod template."""
    digest = hashlib.sha256(json.dumps(_plain(template), sort_keys=True).encode()).digest()
    return "".join(NAME_LETTERS[byte % len(NAME_LETTERS)] for byte in digest[:10])


def _plain(template: Json) -> Json:
    meta = part(template, "metadata")
    labels = {key: value for key, value in part(meta, "labels").items() if key != HASH}
    notes = part(meta, "annotations")
    return {"labels": labels, "annotations": notes, "spec": template["spec"]}


def _copied(deployment: Json) -> Json:
    notes = part(deployment["metadata"], "annotations")
    return {key: value for key, value in notes.items() if key not in _NOT_COPIED}


def _size_notes(deployment: Json) -> Json:
    bounds = bounds_of(deployment)
    return {DESIRED: str(bounds.desired), MOST: str(bounds.desired + bounds.surge)}
