"""The status of a pod at each turn of its containers' lives."""

import copy
import hashlib
from datetime import datetime
from enum import Enum

from playground.kubernetes.resources import Json, entries, part
from playground.kubernetes.store import stamp


class Problem(Enum):
    """Why a container waits for its next try."""

    PULL = "ImagePullBackOff"
    CRASH = "CrashLoopBackOff"

    @property
    def reason(self) -> str:
        """The waiting reason."""
        return self.value

    def words(self, pod: Json) -> str:
        """The waiting message."""
        container, meta = pod["spec"]["containers"][0], pod["metadata"]
        if self is Problem.PULL:
            return f'Back-off pulling image "{container["image"]}"'
        name = f"{meta['name']}_{meta['namespace']}({meta['uid']})"
        return f"back-off 10s restarting failed container={container['name']} pod={name}"


def pulling(pod: Json, now: datetime) -> Json:
    """Scheduled, its containers being created."""
    pod = _with_state(pod, {"waiting": {"reason": "ContainerCreating"}}, started=False)
    return _with_conditions(pod, now, ready=False, phase="Pending")


def running(pod: Json, now: datetime, address: str) -> Json:
    """Up and ready."""
    pod = _with_state(pod, {"running": {"startedAt": stamp(now)}}, started=True)
    pod["status"] |= {"podIP": address, "podIPs": [{"ip": address}]}
    return _with_conditions(pod, now, ready=True, phase="Running")


def crashed(pod: Json, now: datetime) -> Json:
    """Started and fallen over at once, and restarted once more."""
    ended = {
        "exitCode": 1,
        "reason": "Error",
        "startedAt": stamp(now),
        "finishedAt": stamp(now),
        "containerID": _container_id(pod),
    }
    pod = _with_state(pod, {"terminated": ended}, started=False)
    for one in pod["status"]["containerStatuses"]:
        one["restartCount"] += 1
    return _with_conditions(pod, now, ready=False, phase="Running")


def waiting(pod: Json, reason: str, message: str, now: datetime) -> Json:
    """Waiting for the next try; a run that ended becomes the last state."""
    state = {"waiting": {"reason": reason, "message": message}}
    phase = "Pending" if reason in ("ErrImagePull", Problem.PULL.value) else "Running"
    return _with_conditions(_with_state(pod, state, started=False), now, ready=False, phase=phase)


def _with_state(pod: Json, state: Json, *, started: bool) -> Json:
    pod = copy.deepcopy(pod)
    before = {one["name"]: one for one in entries(pod["status"], "containerStatuses")}
    statuses: list[Json] = []
    for container in pod["spec"]["containers"]:
        old = before.get(container["name"], {})
        ended = part(old, "state").get("terminated")
        last = {"terminated": ended} if ended else part(old, "lastState")
        status: Json = {
            "name": container["name"],
            "image": container["image"],
            "imageID": _image_id(container["image"]) if started else "",
            "ready": started,
            "started": started,
            "restartCount": old.get("restartCount", 0) + int(started and bool(last)),
            "state": state,
            "lastState": last,
        }
        if started:
            status["containerID"] = _container_id(pod)
        statuses.append(status)
    pod["status"]["containerStatuses"] = statuses
    return pod


def _with_conditions(pod: Json, now: datetime, *, ready: bool, phase: str) -> Json:
    old = {one["type"]: one for one in entries(pod["status"], "conditions")}
    values = {
        "PodReadyToStartContainers": True, "Initialized": True, "Ready": ready, "ContainersReady": ready,
        "PodScheduled": True,
    }  # fmt: skip
    names = " ".join(container["name"] for container in pod["spec"]["containers"])
    conditions: list[Json] = []
    for type_, is_true in values.items():
        value = "True" if is_true else "False"
        before = old.get(type_, {})
        moved = before["lastTransitionTime"] if before.get("status") == value else stamp(now)
        condition = {"type": type_, "status": value, "lastProbeTime": None, "lastTransitionTime": moved}
        if not is_true:
            why = f"containers with unready status: [{names}]"
            condition |= {"reason": "ContainersNotReady", "message": why}
        conditions.append(condition)
    pod["status"] |= {"phase": phase, "conditions": conditions, "hostIP": "10.0.0.11"}
    pod["status"].setdefault("startTime", stamp(now))
    return pod


def _image_id(image: str) -> str:
    return f"{image.rpartition(':')[0]}@sha256:{hashlib.sha256(image.encode()).hexdigest()}"


def _container_id(pod: Json) -> str:
    return f"containerd://{hashlib.sha256(pod['metadata']['uid'].encode()).hexdigest()}"
