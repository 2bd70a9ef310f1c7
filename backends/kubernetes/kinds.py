"""The kinds of workload, and what they share: one shape for reading, one for what they ran."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

Json = dict[str, Any]

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
PATTERN = "^(deploy|deployment|sts|statefulset|ds|daemonset|ro|rollout)/[a-z0-9][-a-z0-9.]*$"

_ROLLOUT_REVISION = "rollout.argoproj.io/revision"
_ROLLOUT_HISTORY = "rollout.argoproj.io/revision-history"
_ROLLOUT_LENT = "rollout.argoproj.io/ephemeral-metadata"


@dataclass(frozen=True)
class WorkloadKind:
    """A kind as the API names it; `holders` is the plural of what keeps its earlier pod templates."""

    kind: str
    plural: str
    word: str
    short: str
    holders: str = "controllerrevisions"
    api: str = "apps/v1"

    @property
    def group(self) -> str:
        """The API group: `apps`."""
        return self.api.partition("/")[0]

    @property
    def is_custom(self) -> bool:
        """Whether others define it: then the server fills nothing in and takes no strategic merge patch."""
        return self.group != "apps"


DEPLOYMENT = WorkloadKind("Deployment", "deployments", "deployment", "deploy", "replicasets")
STATEFULSET = WorkloadKind("StatefulSet", "statefulsets", "statefulset", "sts")
DAEMONSET = WorkloadKind("DaemonSet", "daemonsets", "daemonset", "ds")
ROLLOUT = WorkloadKind("Rollout", "rollouts", "rollout", "ro", "replicasets", "argoproj.io/v1alpha1")
_ALL = (DEPLOYMENT, STATEFULSET, DAEMONSET, ROLLOUT)
_KINDS = {name: one for one in _ALL for name in (one.word, one.short)}


def kind_named(name: str) -> WorkloadKind:
    """The kind that is written so, short or long."""
    return _KINDS[name]


def uniform(item: Json) -> Json:
    """A workload with its counts and its revision where a deployment has them.

    Source: the API reference, DaemonSetStatus; what it wants is a pod for each node that fits. A Rollout has
    one replica where it names none (its specification), as nothing is filled in.
    """
    if item.get("kind") == ROLLOUT.kind:
        return _renamed({**item, "spec": {"replicas": 1, **item["spec"]}})
    if item.get("kind") != DAEMONSET.kind:
        return item
    status = cast(Json, item.get("status") or {})
    counts = {
        "replicas": status.get("currentNumberScheduled", 0),
        "updatedReplicas": status.get("updatedNumberScheduled", 0),
        "readyReplicas": status.get("numberReady", 0),
        "availableReplicas": status.get("numberAvailable", 0),
    }
    spec = {**item["spec"], "replicas": status.get("desiredNumberScheduled", 0)}
    return {**item, "spec": spec, "status": {**status, **counts}}


def as_holder(one: Json) -> Json:
    """A ControllerRevision in the shape of a ReplicaSet: its template in the spec, its number a note.

    Its data is a patch that holds the whole template. Source: the API reference, ControllerRevision.
    """
    if one.get("kind") == "ReplicaSet" or "data" not in one:
        return _without_lent(_renamed(one)) if _ROLLOUT_REVISION in _notes(one) else one
    template = {key: value for key, value in one["data"]["spec"]["template"].items() if key != "$patch"}
    meta = one["metadata"]
    notes = {**_notes(one), REVISION: str(one["revision"])}
    return {"metadata": {**meta, "annotations": notes}, "spec": {"template": template}}


def numbered(item: Json, holders: Sequence[Json]) -> Json:
    """The workload with the number of the revision that it wants, as a deployment notes it itself.

    A StatefulSet names it in `status.updateRevision`; a DaemonSet's is the newest.
    """
    if item.get("kind") not in (STATEFULSET.kind, DAEMONSET.kind) or not holders:
        return item
    newest = max(holders, key=_number)
    wanted = cast(Json, item.get("status") or {}).get("updateRevision")
    chosen = next((one for one in holders if one["metadata"]["name"] == wanted), newest)
    meta = item["metadata"]
    notes = {**_notes(item), REVISION: str(_number(chosen))}
    return {**item, "metadata": {**meta, "annotations": notes}}


def _renamed(one: Json) -> Json:
    """A Rollout, or a ReplicaSet of one, with its revision under the name that a deployment's has."""
    old = _notes(one)
    names = {_ROLLOUT_REVISION: REVISION, _ROLLOUT_HISTORY: HISTORY}
    notes = {**old, **{mine: old[theirs] for theirs, mine in names.items() if theirs in old}}
    return {**one, "metadata": {**one["metadata"], "annotations": notes}}


def _without_lent(one: Json) -> Json:
    """A ReplicaSet without the labels and annotations that its pods have for as long as they are a canary.

    Source: the documentation of Argo Rollouts, ephemeral metadata; an annotation keeps what was lent.
    """
    try:
        lent = json.loads(_notes(one).get(_ROLLOUT_LENT) or "{}")
    except ValueError:
        return one
    template = one["spec"]["template"]
    meta: Json = dict(cast(Json, template.get("metadata") or {}))
    for name in ("labels", "annotations"):
        given = cast(Json, lent.get(name) or {})
        there = cast(Json, meta.get(name) or {})
        meta[name] = {key: value for key, value in there.items() if key not in given}
    return {**one, "spec": {**one["spec"], "template": {**template, "metadata": meta}}}


def _number(one: Json) -> int:
    return int(_notes(one).get(REVISION, 0))


def _notes(one: Json) -> Json:
    return cast(Json, one["metadata"].get("annotations") or {})
