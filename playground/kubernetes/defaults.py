"""What the API server fills in when a client leaves it out."""

import copy
from collections.abc import Callable
from typing import cast

from playground.kubernetes.resources import (
    DAEMONSETS,
    DEPLOYMENTS,
    EVENTS,
    HPAS,
    PODS,
    REPLICASETS,
    STATEFULSETS,
    Json,
    Resource,
    entries,
    part,
)


def with_defaults(resource: Resource, item: Json) -> Json:
    """A copy of the object with every default that clients can see filled in."""
    item = copy.deepcopy(item)
    fill = _FILLERS.get(resource)
    if fill is not None:
        fill(item)
    return item


def _drop_empty(value: Json) -> None:
    """Take out lists without an entry and nulls: they are not stored.

    Source: the API types mark every list of a pod's spec `omitempty` (k8s.io/api/core/v1), and the server
    encodes objects from those types, so a list that a patch empties is gone when it is read again.
    """
    for name, one in list(value.items()):
        if one is None or one == []:
            del value[name]
        elif isinstance(one, dict):
            _drop_empty(cast("Json", one))
        elif isinstance(one, list):
            for each in cast("list[object]", one):
                if isinstance(each, dict):
                    _drop_empty(cast("Json", each))


def _fill_deployment(item: Json) -> None:
    spec = item.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)
    strategy = spec.setdefault("strategy", {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = part(strategy, "rollingUpdate")
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")
        strategy["rollingUpdate"] = rolling
    _fill_template(spec)
    item.setdefault("status", {})


def _fill_replicaset(item: Json) -> None:
    spec = item.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    _fill_template(spec)
    item.setdefault("status", {"replicas": 0})


def _fill_statefulset(item: Json) -> None:
    spec = item.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    spec.setdefault("podManagementPolicy", "OrderedReady")
    spec.setdefault("revisionHistoryLimit", 10)
    strategy = spec.setdefault("updateStrategy", {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        strategy.setdefault("rollingUpdate", {}).setdefault("partition", 0)
    _fill_template(spec)
    item.setdefault("status", {"replicas": 0, "availableReplicas": 0})


def _fill_daemonset(item: Json) -> None:
    spec = item.setdefault("spec", {})
    spec.setdefault("revisionHistoryLimit", 10)
    strategy = spec.setdefault("updateStrategy", {})
    strategy.setdefault("type", "RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", 1)
        rolling.setdefault("maxSurge", 0)
    _fill_template(spec)
    item.setdefault("status", {})


def _fill_template(spec: Json) -> None:
    template = spec.setdefault("template", {})
    template.setdefault("metadata", {}).setdefault("creationTimestamp", None)
    _fill_pod_spec(template.setdefault("spec", {}))


def _fill_pod_spec(spec: Json) -> None:
    _drop_empty(spec)
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("schedulerName", "default-scheduler")
    spec.setdefault("securityContext", {})
    for container in entries(spec, "containers") + entries(spec, "initContainers"):
        _fill_container(container)


def _fill_container(container: Json) -> None:
    image = str(container.get("image") or "")
    is_latest = ":" not in image.rpartition("/")[2] or image.endswith(":latest")
    container.setdefault("imagePullPolicy", "Always" if is_latest else "IfNotPresent")
    container.setdefault("terminationMessagePath", "/dev/termination-log")
    container.setdefault("terminationMessagePolicy", "File")
    container.setdefault("resources", {})
    for port in entries(container, "ports"):
        port.setdefault("protocol", "TCP")
    for probe_name in ("livenessProbe", "readinessProbe", "startupProbe"):
        if probe := container.get(probe_name):
            _fill_probe(probe)


def _fill_probe(probe: Json) -> None:
    for key, value in (("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1)):
        probe.setdefault(key, value)
    probe.setdefault("failureThreshold", 3)
    if http := probe.get("httpGet"):
        http.setdefault("scheme", "HTTP")
        http.setdefault("path", "/")


def _fill_hpa(item: Json) -> None:
    spec = item.setdefault("spec", {})
    spec.setdefault("minReplicas", 1)
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": 80}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    item.setdefault("status", {"desiredReplicas": 0, "currentMetrics": None})


def _fill_pod(item: Json) -> None:
    _fill_pod_spec(item.setdefault("spec", {}))
    item.setdefault("status", {"phase": "Pending", "qosClass": "Burstable"})


def _fill_event(item: Json) -> None:
    item.setdefault("source", {})
    item.setdefault("type", "")


_FILLERS: dict[Resource, Callable[[Json], None]] = {
    DEPLOYMENTS: _fill_deployment,
    REPLICASETS: _fill_replicaset,
    STATEFULSETS: _fill_statefulset,
    DAEMONSETS: _fill_daemonset,
    HPAS: _fill_hpa,
    PODS: _fill_pod,
    EVENTS: _fill_event,
}
