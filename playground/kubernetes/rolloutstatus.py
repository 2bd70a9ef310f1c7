"""A Rollout's status: its step and weight, counts, conditions, and the phase that they come to.

Source: how the controller of Argo Rollouts works out `status.phase` and `status.message` from 1.0 on.
"""

from collections.abc import Sequence
from datetime import datetime

from playground.kubernetes.conditions import Condition, with_condition
from playground.kubernetes.resources import Json, entries, part

HASH = "rollouts-pod-template-hash"


def steps_of(item: Json) -> list[Json]:
    """The steps of a canary; none for blue-green."""
    return entries(part(item, "spec", "strategy", "canary"), "steps")


def step_of(item: Json) -> Json:
    """The step at hand; empty where none is left."""
    steps, index = steps_of(item), int(item["status"].get("currentStepIndex") or 0)
    return steps[index] if index < len(steps) else {}


def set_weight(item: Json) -> int:
    """The share of traffic that the new version is to have, in percent."""
    status, steps = item["status"], steps_of(item)
    if status.get("promoteFull") or status.get("currentPodHash") == status.get("stableRS"):
        return 100
    if status.get("abort"):
        return 0
    index = int(status.get("currentStepIndex") or 0)
    if index >= len(steps):
        return 100
    return next((one["setWeight"] for one in reversed(steps[: index + 1]) if "setWeight" in one), 0)


def counted(item: Json, sets: Sequence[Json]) -> None:
    """Write the counts into the status; blue-green counts what is ready of the new one alone."""
    status = item["status"]
    is_blue_green = part(item, "spec", "strategy").get("blueGreen") is not None
    new = [one for one in sets if one["metadata"]["labels"][HASH] == status["currentPodHash"]]
    looked_at = new if is_blue_green else sets
    status["replicas"] = sum(one["status"].get("replicas", 0) for one in sets)
    status["updatedReplicas"] = sum(one["status"].get("replicas", 0) for one in new)
    status["readyReplicas"] = sum(one["status"].get("readyReplicas", 0) for one in looked_at)
    status["availableReplicas"] = sum(one["status"].get("availableReplicas", 0) for one in looked_at)
    status["HPAReplicas"] = status["replicas"]
    status["selector"] = ",".join(
        f"{key}={value}" for key, value in sorted(part(item, "spec", "selector", "matchLabels").items())
    )


def with_phase(item: Json, sets: Sequence[Json], now: datetime, *, is_late: bool) -> None:
    """Write conditions, phase and message into the status."""
    status = item["status"]
    new = next(one for one in sets if one["metadata"]["labels"][HASH] == status["currentPodHash"])
    name = f'ReplicaSet "{new["metadata"]["name"]}"'
    revision = item["metadata"]["annotations"]["rollout.argoproj.io/revision"]
    is_done = status.get("stableRS") == status["currentPodHash"] and status["availableReplicas"] >= int(
        item["spec"]["replicas"]
    )
    if status.get("abort"):
        said = f"Rollout aborted update to revision {revision}"
        condition = Condition("Progressing", False, "RolloutAborted", said)
    elif is_done:
        said = f"{name} has successfully progressed."
        condition = Condition("Progressing", True, "NewReplicaSetAvailable", said)
    elif is_late:
        said = f"{name} has timed out progressing."
        condition = Condition("Progressing", False, "ProgressDeadlineExceeded", said)
    else:
        condition = Condition("Progressing", True, "ReplicaSetUpdated", f"{name} is progressing.")
    item["status"] = status = status | with_condition(status, condition, now)
    status["phase"], status["message"] = _phase(item, condition)


def _phase(item: Json, condition: Condition) -> tuple[str, str]:
    status, wanted = item["status"], item["spec"]["replicas"]
    if condition.reason in ("RolloutAborted", "ProgressDeadlineExceeded"):
        return "Degraded", f"{condition.reason}: {condition.message}"
    if item["spec"].get("paused"):
        return "Paused", "manually paused"
    for one in entries(status, "pauseConditions"):
        return "Paused", one["reason"]
    if item["spec"].get("restartAt") != status.get("restartedAt"):
        return "Progressing", "rollout is restarting"
    if status["updatedReplicas"] < wanted:
        return "Progressing", "more replicas need to be updated"
    if status["availableReplicas"] < status["updatedReplicas"]:
        return "Progressing", "updated replicas are still becoming available"
    if part(item, "spec", "strategy").get("blueGreen") is not None:
        if part(status, "blueGreen").get("activeSelector") != status["currentPodHash"]:
            return "Progressing", "active service cutover pending"
    elif status["replicas"] > status["updatedReplicas"]:
        return "Progressing", "old replicas are pending termination"
    if status.get("stableRS") != status["currentPodHash"]:
        return "Progressing", "waiting for all steps to complete"
    return "Healthy", ""
