"""The kinds of workload, and what they share: one shape for reading, one for what they ran."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

Json = dict[str, Any]

REVISION = "deployment.kubernetes.io/revision"
PATTERN = "^(deploy|deployment|sts|statefulset|ds|daemonset)/[a-z0-9][-a-z0-9.]*$"


@dataclass(frozen=True)
class WorkloadKind:
    """A kind as the API names it; `holders` is the plural of what keeps its earlier pod templates."""

    kind: str
    plural: str
    word: str
    short: str
    holders: str = "controllerrevisions"


DEPLOYMENT = WorkloadKind("Deployment", "deployments", "deployment", "deploy", "replicasets")
STATEFULSET = WorkloadKind("StatefulSet", "statefulsets", "statefulset", "sts")
DAEMONSET = WorkloadKind("DaemonSet", "daemonsets", "daemonset", "ds")
_KINDS = {name: one for one in (DEPLOYMENT, STATEFULSET, DAEMONSET) for name in (one.word, one.short)}


def kind_named(name: str) -> WorkloadKind:
    """The kind that is written so, short or long."""
    return _KINDS[name]


def uniform(item: Json) -> Json:
    """A workload with its counts where a deployment has them; a DaemonSet has others.

    Source: the API reference, DaemonSetStatus; what it wants is a pod for each node that fits.
    """
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
        return one
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


def _number(one: Json) -> int:
    return int(_notes(one).get(REVISION, 0))


def _notes(one: Json) -> Json:
    return cast(Json, one["metadata"].get("annotations") or {})
