"""The kubelets and the scheduler: pods start one after another, crash, back off, and end."""

import copy
from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.faults import FaultBoard
from playground.kubernetes.containers import Problem, crashed, pulling, running, waiting
from playground.kubernetes.daemonsets import node_of
from playground.kubernetes.podlogs import PodLogs
from playground.kubernetes.podstate import is_ending, is_ready
from playground.kubernetes.recorder import Recorder
from playground.kubernetes.resources import NODES, PODS, Json
from playground.kubernetes.store import Store

RETRY_PACES = 6
"""How many paces a failed container waits for its next try."""


@dataclass
class Care:
    """What the kubelet does next with a pod, and when."""

    next: str
    due: datetime
    end: datetime | None = None
    line: datetime | None = None


class Kubelet:
    """Runs pods, without containers. pace_s: seconds that one pod takes to start or to end."""

    def __init__(
        self, store: Store, recorder: Recorder, logs: PodLogs, faults: FaultBoard, pace_s: float
    ) -> None:
        self._store = store
        self._recorder = recorder
        self._logs = logs
        self._faults = faults
        self._pace = timedelta(seconds=pace_s)
        self._care: dict[str, Care] = {}
        self._queue: dict[str, datetime] = {}

    def step(self, now: datetime) -> None:
        """Look at every pod once."""
        pods = self._store.every(PODS)
        for pod in pods:
            care = self._care.get(pod["metadata"]["uid"]) or self._adopt(pod, now)
            if is_ending(pod):
                self._stop(pod, care, now)
            elif care.next != "serve":
                if now >= care.due:
                    self._advance(pod, care, now)
            elif care.line is None or now >= care.line:
                self._serve(pod, care, now)
        self._forget({pod["metadata"]["uid"] for pod in pods})

    def _forget(self, alive: set[str]) -> None:
        for uid in [uid for uid in self._care if uid not in alive]:
            del self._care[uid]
            self._logs.drop(uid)

    def _adopt(self, pod: Json, now: datetime) -> Care:
        uid = pod["metadata"]["uid"]
        if is_ready(pod):
            care = Care("serve", now)
        else:
            owners = pod["metadata"].get("ownerReferences") or [{"uid": uid}]
            due = max(now, self._queue.get(owners[0]["uid"], now)) + self._pace
            self._queue[owners[0]["uid"]] = due
            care = Care("start", due)
            if not pod["spec"].get("nodeName"):
                self._schedule(pod, now)
        self._care[uid] = care
        return care

    def _schedule(self, pod: Json, now: datetime) -> None:
        nodes = [one["metadata"]["name"] for one in self._store.every(NODES)]
        placed = [one["spec"].get("nodeName") for one in self._store.every(PODS)]
        node = node_of(pod) or min(nodes, key=placed.count, default="node-1")
        pod = copy.deepcopy(pod)
        pod["spec"]["nodeName"] = node
        pod = self._write(pulling(pod, now))
        meta = pod["metadata"]
        message = f"Successfully assigned {meta['namespace']}/{meta['name']} to {node}"
        self._recorder.normal(pod, "default-scheduler", "Scheduled", message)
        for container in pod["spec"]["containers"]:
            self._say(pod, "Pulling", f'Pulling image "{container["image"]}"')

    def _advance(self, pod: Json, care: Care, now: datetime) -> None:
        match care.next:
            case "back-off-pull":
                self._back_off(pod, care, now, Problem.PULL)
            case "back-off-crash":
                self._back_off(pod, care, now, Problem.CRASH)
            case _:
                self._try(pod, care, now)

    def _try(self, pod: Json, care: Care, now: datetime) -> None:
        images = [container["image"] for container in pod["spec"]["containers"]]
        broken = [image for image in images if "broken" in image.rpartition(":")[2]]
        if broken:
            self._write(waiting(pod, "ErrImagePull", _pull_words(broken[0]), now))
            self._warn(pod, "Failed", _pull_words(broken[0]))
            self._warn(pod, "Failed", "Error: ErrImagePull")
            care.next, care.due = "back-off-pull", now + self._pace
        elif self._faults.is_on("deploy-fails"):
            self._write(crashed(pod, now))
            self._say_started(pod)
            for container in pod["spec"]["containers"]:
                self._logs.crash(pod["metadata"]["uid"], container["name"], container["image"], now)
            care.next, care.due = "back-off-crash", now + self._pace
        else:
            self._run(pod, now)
            care.next = "serve"

    def _run(self, pod: Json, now: datetime) -> None:
        address = f"10.42.{self._store.random.randint(0, 3)}.{self._store.random.randint(2, 250)}"
        self._write(running(pod, now, address))
        self._say_started(pod)
        for container in pod["spec"]["containers"]:
            log = self._logs.of(pod["metadata"]["uid"], container["name"])
            if log.lines:
                log.restart()
            self._logs.start(pod["metadata"]["uid"], container["name"], container["image"], now)

    def _back_off(self, pod: Json, care: Care, now: datetime, problem: Problem) -> None:
        container = pod["spec"]["containers"][0]
        words = problem.words(pod)
        self._write(waiting(pod, problem.reason, words, now))
        if problem is Problem.PULL:
            self._say(pod, "BackOff", f'Back-off pulling image "{container["image"]}"')
            self._warn(pod, "Failed", "Error: ImagePullBackOff")
        else:
            name = f"{pod['metadata']['name']}_{pod['metadata']['namespace']}({pod['metadata']['uid']})"
            words = f"Back-off restarting failed container {container['name']} in pod {name}"
            self._warn(pod, "BackOff", words)
        care.next, care.due = "try", now + self._pace * RETRY_PACES

    def _stop(self, pod: Json, care: Care, now: datetime) -> None:
        if care.end is None:
            care.end = now + self._pace
            for container in pod["spec"]["containers"]:
                self._say(pod, "Killing", f"Stopping container {container['name']}")
        elif now >= care.end:
            self._store.remove(PODS, pod["metadata"]["namespace"], pod["metadata"]["name"])

    def _serve(self, pod: Json, care: Care, now: datetime) -> None:
        care.line = now + self._pace * 2
        for container in pod["spec"]["containers"]:
            self._logs.serve(pod["metadata"]["uid"], container["name"], now)

    def _say_started(self, pod: Json) -> None:
        for container in pod["spec"]["containers"]:
            self._say(pod, "Pulled", f'Successfully pulled image "{container["image"]}"')
            self._say(pod, "Created", f"Created container: {container['name']}")
            self._say(pod, "Started", f"Started container {container['name']}")

    def _say(self, pod: Json, reason: str, message: str) -> None:
        self._recorder.normal(pod, "kubelet", reason, message)

    def _warn(self, pod: Json, reason: str, message: str) -> None:
        self._recorder.warn(pod, "kubelet", reason, message)

    def _write(self, pod: Json) -> Json:
        return self._store.replace(PODS, pod)


def _pull_words(image: str) -> str:
    repository = image.rpartition(":")[0]
    return (
        f'Failed to pull image "{image}": rpc error: code = NotFound desc = failed to pull and unpack '
        f'image "{image}": {repository}: not found'
    )
