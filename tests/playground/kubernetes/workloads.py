"""A StatefulSet and a DaemonSet beside architect-api."""

from typing import Any

from playground.kubernetes.cluster import Cluster
from playground.kubernetes.defaults import with_defaults
from playground.kubernetes.resources import DAEMONSETS, STATEFULSETS
from playground.kubernetes.seed import NAMESPACE as SPACE

__all__ = ["AGENT", "DB", "SPACE", "image", "seeded"]

DB, AGENT = "search-db", "log-agent"


def image(name: str, tag: str) -> str:
    return f"registry.example.com/architect/{name}:{tag}"


def workload(name: str, **spec: object) -> dict[str, Any]:
    labels = {"app": name}
    container = {"name": name, "image": image(name, "1.0"), "env": [{"name": "LOG_LEVEL", "value": "info"}]}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    about = {"name": name, "namespace": SPACE, "generation": 1}
    return {"metadata": about, "spec": {"selector": {"matchLabels": labels}, "template": template, **spec}}


def seeded(cluster: Cluster) -> None:
    """search-db with three pods, log-agent on each of the three nodes."""
    db = workload(DB, replicas=3, serviceName=DB)
    cluster.store.add(STATEFULSETS, with_defaults(STATEFULSETS, db))
    cluster.store.add(DAEMONSETS, with_defaults(DAEMONSETS, workload(AGENT)))
