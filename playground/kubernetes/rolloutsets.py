"""The ReplicaSets of a Rollout: their names and revisions, and how many pods each should have next."""

import copy
import math

from playground.kubernetes.defaults import with_defaults
from playground.kubernetes.resources import REPLICASETS, Json, entries, part
from playground.kubernetes.revisions import template_hash
from playground.kubernetes.rolloutstatus import set_weight
from playground.kubernetes.store import Store
from playground.kubernetes.validation import whole

REVISION = "rollout.argoproj.io/revision"
HISTORY = "rollout.argoproj.io/revision-history"
HASH = "rollouts-pod-template-hash"


def owned(store: Store, item: Json) -> list[Json]:
    """Those that the Rollout controls, the oldest revision first."""
    uid = item["metadata"]["uid"]
    found = store.every(REPLICASETS, item["metadata"]["namespace"])
    mine = [one for one in found if any(o["uid"] == uid for o in entries(one["metadata"], "ownerReferences"))]
    return sorted(mine, key=revision_of)


def revision_of(one: Json) -> int:
    """The revision in its annotation; 0 without one."""
    return int(part(one["metadata"], "annotations").get(REVISION, "0"))


def hash_of(one: Json) -> str:
    """What tells its pods from those of others."""
    return one["metadata"]["labels"][HASH]


def available(one: Json) -> int:
    """How many of its pods are available."""
    return one["status"].get("availableReplicas", 0)


def new_set(item: Json, revision: int) -> Json:
    """A ReplicaSet of the Rollout's template, without pods, with the defaults that the server fills in."""
    meta, spec = item["metadata"], item["spec"]
    template = copy.deepcopy(spec["template"])
    template.setdefault("metadata", {}).setdefault("labels", {}).pop(HASH, None)
    plain = with_defaults(REPLICASETS, {"spec": {"template": template}})["spec"]["template"]
    mark = template_hash(plain)
    labels = dict(part(plain, "metadata", "labels")) | {HASH: mark}
    plain["metadata"]["labels"] = labels
    owner = {
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": meta["name"], "uid": meta["uid"],
        "controller": True, "blockOwnerDeletion": True,
    }  # fmt: skip
    selector = {"matchLabels": dict(part(spec, "selector", "matchLabels")) | {HASH: mark}}
    about = {
        "name": f"{meta['name']}-{mark}",
        "namespace": meta["namespace"],
        "labels": labels,
        "annotations": {REVISION: str(revision)},
        "ownerReferences": [owner],
        "generation": 1,
    }
    return {
        "metadata": about,
        "spec": {"replicas": 0, "selector": selector, "template": plain},
        "status": {"replicas": 0},
    }


def renumbered(one: Json, revision: int) -> Json:
    """An old one that became the new one again: it remembers its old number."""
    one = copy.deepcopy(one)
    notes = one["metadata"]["annotations"]
    notes[HISTORY] = ",".join([*([notes[HISTORY]] if notes.get(HISTORY) else []), notes[REVISION]])
    notes[REVISION] = str(revision)
    return one


def desired_counts(item: Json, new: Json, stable: Json | None) -> tuple[int, int]:
    """What the canary and the stable one are to come to: shares of the weight, both rounded up.

    Source: the documentation of canaries without traffic routing.
    """
    replicas, weight = item["spec"]["replicas"], set_weight(item)
    if stable is None or hash_of(stable) == hash_of(new):
        return replicas, 0
    return math.ceil(replicas * weight / 100), math.ceil(replicas * (100 - weight) / 100)


def next_counts(item: Json, new: Json, stable: Json | None, sets: list[Json]) -> dict[str, int]:
    """How many pods each should have now, within maxSurge and maxUnavailable (25% each by default)."""
    replicas, canary = item["spec"]["replicas"], part(item, "spec", "strategy", "canary")
    goal_new, goal_stable = desired_counts(item, new, stable)
    goals = {hash_of(one): 0 for one in sets} | ({hash_of(stable): goal_stable} if stable else {})
    goals[hash_of(new)] = goal_new
    uneven = 1 if goal_new + goal_stable > replicas else 0
    most = replicas + whole(canary.get("maxSurge", "25%"), replicas, up=True) + uneven
    least = replicas - whole(canary.get("maxUnavailable", "25%"), replicas, up=False)
    counts = {hash_of(one): one["spec"]["replicas"] for one in sets}
    room = most - sum(counts.values())
    order = [hash_of(one) for one in ([stable] if stable else []) + [new]]
    for mark in order:
        more = max(0, min(room, goals[mark] - counts[mark]))
        counts[mark] += more
        room -= more
    ready = {hash_of(one): available(one) for one in sets}
    spare = sum(min(ready[mark], count) for mark, count in counts.items()) - least
    for mark in [one for one in counts if one not in order] + order[::-1]:
        over = counts[mark] - goals[mark]
        idle = max(0, min(over, counts[mark] - ready[mark]))
        gone = idle + max(0, min(spare, over - idle))
        if over > 0:
            counts[mark] -= gone
            spare -= gone - idle
    return counts
