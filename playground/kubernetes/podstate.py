"""What a pod's status says, in the words that kubectl prints."""

from collections.abc import Callable
from datetime import datetime

from playground.kubernetes.resources import Json, entries, part
from playground.kubernetes.store import moment_of


def ready_count(pod: Json) -> int:
    """How many containers are ready."""
    return sum(1 for one in entries(pod["status"], "containerStatuses") if one.get("ready"))


def is_ready(pod: Json) -> bool:
    """Whether the pod's Ready condition is true."""
    conditions = entries(pod["status"], "conditions")
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def ready_since(pod: Json) -> datetime | None:
    """When the pod became ready, to the second; None while it is not."""
    for one in entries(pod["status"], "conditions"):
        if one["type"] == "Ready" and one["status"] == "True":
            return moment_of(one["lastTransitionTime"])
    return None


def is_ending(pod: Json) -> bool:
    """Whether the pod was asked to end."""
    return "deletionTimestamp" in pod["metadata"]


def is_active(pod: Json) -> bool:
    """Whether a ReplicaSet counts the pod."""
    return not is_ending(pod) and pod["status"].get("phase") not in ("Succeeded", "Failed")


def container_state(pod: Json) -> str:
    """The STATUS column: `Running`, `Terminating`, `CrashLoopBackOff`, `ContainerCreating` …"""
    if is_ending(pod):
        return "Terminating"
    for one in entries(pod["status"], "containerStatuses"):
        state = part(one, "state")
        for kind in ("waiting", "terminated"):
            if state.get(kind, {}).get("reason"):
                return state[kind]["reason"]
    return pod["status"].get("phase", "Unknown")


def restarts_text(pod: Json, ago: Callable[[str], str]) -> str:
    """The RESTARTS column: the count, and how long ago the last one was."""
    statuses = entries(pod["status"], "containerStatuses")
    count = sum(one.get("restartCount", 0) for one in statuses)
    ends = [part(one, "lastState").get("terminated", {}).get("finishedAt") for one in statuses]
    last = max((end for end in ends if end), default="")
    return f"{count} ({ago(last)} ago)" if count and last else str(count)
