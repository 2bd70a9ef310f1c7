"""CPU and memory of pods and nodes, as metrics.k8s.io serves them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from playground.kubernetes.podstate import is_ready
from playground.kubernetes.resources import NODES, PODS, Json
from playground.kubernetes.status import Refusal
from playground.kubernetes.store import Store, stamp

WINDOW_S = 15


def pod_metrics(store: Store, namespace: str, now: datetime) -> list[Json]:
    """PodMetrics of every ready pod; the figures move every 15 s."""
    return [_pod(pod, now) for pod in store.every(PODS, namespace) if is_ready(pod)]


def node_metrics(store: Store, now: datetime) -> list[Json]:
    """NodeMetrics of every node: a base load and the pods on it."""
    found: list[Json] = []
    for node in store.every(NODES):
        name = node["metadata"]["name"]
        here = [pod for pod in store.every(PODS) if pod["spec"].get("nodeName") == name and is_ready(pod)]
        cpu_m = 310 + sum(_cpu_m(pod, now) for pod in here)
        memory_ki = 2_600_000 + sum(_memory_ki(pod) for pod in here)
        meta = {"name": name, "creationTimestamp": stamp(now)}
        found.append(_metrics("NodeMetrics", meta, now) | {"usage": _usage(cpu_m, memory_ki)})
    return found


def one_metric(items: list[Json], plural: str, name: str) -> Json:
    """The metrics of one pod or node. Raises Refusal 404."""
    for item in items:
        if item["metadata"]["name"] == name:
            return item
    details = {"name": name, "group": "metrics.k8s.io", "kind": plural}
    raise Refusal(404, f'{plural}.metrics.k8s.io "{name}" not found', details=details)


def busy_percent(pods: Sequence[Json]) -> int:
    """The mean CPU of pods, in percent of 500 millicores each."""
    return sum(_base_m(pod) for pod in pods) * 100 // (len(pods) * 500)


def _pod(pod: Json, now: datetime) -> Json:
    meta = {key: pod["metadata"][key] for key in ("name", "namespace", "labels") if key in pod["metadata"]}
    containers = [
        {"name": container["name"], "usage": _usage(_cpu_m(pod, now), _memory_ki(pod))}
        for container in pod["spec"]["containers"]
    ]
    meta["creationTimestamp"] = stamp(now)
    return _metrics("PodMetrics", meta, now) | {"containers": containers}


def _metrics(kind: str, meta: Json, now: datetime) -> Json:
    at = stamp(now - timedelta(seconds=now.timestamp() % WINDOW_S))
    head = {"kind": kind, "apiVersion": "metrics.k8s.io/v1beta1", "metadata": meta}
    return head | {"timestamp": at, "window": f"{WINDOW_S}s"}


def _usage(cpu_m: int, memory_ki: int) -> Json:
    return {"cpu": f"{cpu_m * 1_000_000 + 4_321}n", "memory": f"{memory_ki}Ki"}


def _base_m(pod: Json) -> int:
    return 170 + _spread(pod["metadata"]["uid"]) % 90


def _cpu_m(pod: Json, now: datetime) -> int:
    turn = int(now.timestamp()) // WINDOW_S
    return _base_m(pod) + _spread(f"{pod['metadata']['uid']}{turn}") % 40


def _memory_ki(pod: Json) -> int:
    return 290_000 + _spread(pod["metadata"]["uid"]) % 60_000


def _spread(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
