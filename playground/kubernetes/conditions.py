"""A Deployment's status: counts, and the Progressing and Available conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.kubernetes.resources import Json, entries
from playground.kubernetes.rollout import bounds_of
from playground.kubernetes.store import stamp

COMPLETE = "NewReplicaSetAvailable"
EXCEEDED = "ProgressDeadlineExceeded"


@dataclass(frozen=True)
class Condition:
    """A condition as it should be, before its times are known."""

    type: str
    is_true: bool
    reason: str
    message: str


def find_condition(status: Json, type_: str) -> Json | None:
    """The condition of this type, if there is one."""
    for one in entries(status, "conditions"):
        if one["type"] == type_:
            return one
    return None


def with_condition(status: Json, wanted: Condition, now: datetime, *, touch: bool = False) -> Json:
    """The status with this condition; the same reason again is no change unless `touch`ed."""
    value = "True" if wanted.is_true else "False"
    before = find_condition(status, wanted.type)
    if before and (before["status"], before["reason"]) == (value, wanted.reason) and not touch:
        return status
    moved = stamp(now) if before is None or before["status"] != value else before["lastTransitionTime"]
    condition = {
        "type": wanted.type,
        "status": value,
        "lastUpdateTime": stamp(now),
        "lastTransitionTime": moved,
        "reason": wanted.reason,
        "message": wanted.message,
    }
    others = [one for one in entries(status, "conditions") if one["type"] != wanted.type]
    return status | {"conditions": [*others, condition]}


def counted(deployment: Json, new: Json | None, sets: Sequence[Json]) -> Json:
    """The status with fresh counts and the observed generation; zeros are left out."""
    total = sum(one["status"].get("replicas", 0) for one in sets)
    available = sum(one["status"].get("availableReplicas", 0) for one in sets)
    counts = {
        "replicas": total,
        "updatedReplicas": new["status"].get("replicas", 0) if new else 0,
        "readyReplicas": sum(one["status"].get("readyReplicas", 0) for one in sets),
        "availableReplicas": available,
        "unavailableReplicas": max(sum(one["spec"]["replicas"] for one in sets) - available, 0),
    }
    status: Json = {"observedGeneration": deployment["metadata"]["generation"]}
    status |= {name: count for name, count in counts.items() if count}
    return status | {"conditions": list(entries(deployment["status"], "conditions"))}


def with_available(status: Json, deployment: Json, now: datetime) -> Json:
    """The status with its Available condition."""
    enough = status.get("availableReplicas", 0) >= bounds_of(deployment).least_available
    if enough:
        text = "Deployment has minimum availability."
        return with_condition(status, Condition("Available", True, "MinimumReplicasAvailable", text), now)
    text = "Deployment does not have minimum availability."
    return with_condition(status, Condition("Available", False, "MinimumReplicasUnavailable", text), now)


def is_complete(deployment: Json, status: Json) -> bool:
    """Whether every wanted pod is of the new template and available, and nothing else runs."""
    desired = deployment["spec"]["replicas"]
    names = ("updatedReplicas", "replicas", "availableReplicas")
    return all(status.get(name, 0) == desired for name in names)


def has_progressed(before: Json, after: Json) -> bool:
    """Whether the rollout came nearer to its end between two statuses."""

    def old(status: Json) -> int:
        return status.get("replicas", 0) - status.get("updatedReplicas", 0)

    names = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return any(after.get(name, 0) > before.get(name, 0) for name in names) or old(after) < old(before)


def with_progress(
    status: Json, deployment: Json, new_name: str, since: datetime, deadline: timedelta, now: datetime
) -> tuple[Json, bool]:
    """The status with its Progressing condition, and whether there was progress.

    since: the last progress. deadline: how long the rollout may stand still, in the playground's time.
    """
    current = find_condition(status, "Progressing")
    settled = status.get("replicas", 0) == status.get("updatedReplicas", 0)
    if current is not None and current["reason"] == COMPLETE and settled:
        return status, False
    about = f'ReplicaSet "{new_name}"'
    if is_complete(deployment, status):
        done = Condition("Progressing", True, COMPLETE, f"{about} has successfully progressed.")
        return with_condition(status, done, now), True
    if has_progressed(deployment["status"], status):
        going = Condition("Progressing", True, "ReplicaSetUpdated", f"{about} is progressing.")
        return with_condition(status, going, now, touch=True), True
    if current is not None and current["reason"] != COMPLETE and now - since > deadline:
        late = Condition("Progressing", False, EXCEEDED, f"{about} has timed out progressing.")
        return with_condition(status, late, now), False
    return status, False
