"""The Table form of lists, which kubectl prints."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.kubernetes.podstate import container_state, ready_count, restarts_text
from playground.kubernetes.resources import (
    DEPLOYMENTS,
    EVENTS,
    HPAS,
    NAMESPACES,
    NODES,
    PODS,
    REPLICASETS,
    Json,
    Resource,
    entries,
)
from playground.kubernetes.selectors import selector_text
from playground.kubernetes.store import moment_of

Row = Callable[[Json, datetime], list[Any]]


@dataclass(frozen=True)
class Columns:
    """Column names in order; those in `wide` are printed by `-o wide` only."""

    names: tuple[str, ...]
    wide: tuple[str, ...]
    row: Row


def wants_table(accept: str) -> bool:
    """Whether the client would rather have a Table."""
    return "as=Table" in accept


def table(
    resource: Resource, items: list[Json], meta: Json, now: datetime, include: str = "", *, head: bool = True
) -> Json:
    """Objects as a Table. include: `Object`, `None`, or anything else for their metadata.

    head: without it the column definitions stay away, as in all but a watch's first event.
    """
    columns = _COLUMNS.get(resource, _PLAIN)
    definitions = [_definition(name, columns) for name in columns.names]
    rows = [{"cells": columns.row(item, now), "object": _object(item, resource, include)} for item in items]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": meta,
        "columnDefinitions": definitions if head else None,
        "rows": rows,
    }


def human(seconds: float) -> str:
    """A duration as kubectl shows ages: `45s`, `3m10s`, `5h`, `12d`."""
    total = int(seconds)
    if total < 0:
        return "<invalid>" if total < -2 else "0s"
    steps = (
        (120, 1, "s", 0, ""), (600, 60, "m", 1, "s"), (10_800, 60, "m", 0, ""), (28_800, 3600, "h", 60, "m"),
        (172_800, 3600, "h", 0, ""), (691_200, 86_400, "d", 3600, "h"), (63_072_000, 86_400, "d", 0, ""),
        (252_288_000, 31_536_000, "y", 86_400, "d"),
    )  # fmt: skip
    for below, unit, letter, rest_unit, rest_letter in steps:
        if total < below:
            rest = total % unit // rest_unit if rest_unit else 0
            return f"{total // unit}{letter}" + (f"{rest}{rest_letter}" if rest else "")
    return f"{total // 31_536_000}y"


def _definition(name: str, columns: Columns) -> Json:
    type_ = "integer" if name in ("Up-to-date", "Available", "Desired", "Current") else "string"
    return {
        "name": name,
        "type": type_,
        "format": "name" if name == "Name" else "",
        "description": "",
        "priority": int(name in columns.wide),
    }


def _object(item: Json, resource: Resource, include: str) -> Json | None:
    if include == "None":
        return None
    if include == "Object":
        return {"kind": resource.kind, "apiVersion": resource.api_version} | item
    meta = item["metadata"]
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": meta}


def _age(text: str | None, now: datetime) -> str:
    return human((now - moment_of(text)).total_seconds()) if text else "<unknown>"


def _born(item: Json, now: datetime) -> str:
    return _age(item["metadata"].get("creationTimestamp"), now)


def _deployment(item: Json, now: datetime) -> list[Any]:
    spec, status = item["spec"], item.get("status", {})
    ready = f"{status.get('readyReplicas', 0)}/{spec['replicas']}"
    counts = [status.get("updatedReplicas", 0), status.get("availableReplicas", 0)]
    return [item["metadata"]["name"], ready, *counts, _born(item, now), *_workload(spec)]


def _replicaset(item: Json, now: datetime) -> list[Any]:
    spec, status = item["spec"], item["status"]
    counts = [spec["replicas"], status.get("replicas", 0), status.get("readyReplicas", 0)]
    return [item["metadata"]["name"], *counts, _born(item, now), *_workload(spec)]


def _workload(spec: Json) -> list[str]:
    containers = spec["template"]["spec"]["containers"]
    names = ",".join(one["name"] for one in containers)
    images = ",".join(one["image"] for one in containers)
    return [names, images, selector_text(spec["selector"])]


def _pod(item: Json, now: datetime) -> list[Any]:
    status, spec = item["status"], item["spec"]
    ready = f"{ready_count(item)}/{len(spec['containers'])}"
    cells = [item["metadata"]["name"], ready, container_state(item), restarts_text(item, _ago(now))]
    places = [status.get("podIP") or "<none>", spec.get("nodeName") or "<none>", "<none>", "<none>"]
    return [*cells, _born(item, now), *places]


def _ago(now: datetime) -> Callable[[str], str]:
    return lambda text: human((now - moment_of(text)).total_seconds())


def _hpa(item: Json, now: datetime) -> list[Any]:
    spec, status = item["spec"], item["status"]
    reference = f"{spec['scaleTargetRef']['kind']}/{spec['scaleTargetRef']['name']}"
    current = {
        one["resource"]["name"]: one["resource"]["current"] for one in entries(status, "currentMetrics")
    }
    targets: list[str] = []
    for one in spec["metrics"]:
        name = one["resource"]["name"]
        have = current.get(name, {}).get("averageUtilization")
        shown = "<unknown>" if have is None else f"{have}%"
        targets.append(f"{name}: {shown}/{one['resource']['target'].get('averageUtilization')}%")
    counts = [str(spec["minReplicas"]), str(spec["maxReplicas"]), str(status.get("currentReplicas", 0))]
    return [item["metadata"]["name"], reference, ", ".join(targets), *counts, _born(item, now)]


def _event(item: Json, now: datetime) -> list[Any]:
    about = item["involvedObject"]
    last, first = item.get("lastTimestamp"), item.get("firstTimestamp")
    count = item.get("count", 1)
    seen = _age(last, now) if count <= 1 else f"{_age(last, now)} (x{count} over {_age(first, now)})"
    return [
        seen, item.get("type", ""), item.get("reason", ""), f"{about['kind'].lower()}/{about['name']}",
        about.get("fieldPath", ""), item.get("source", {}).get("component", ""),
        item.get("message", "").strip(), _age(first, now), count, item["metadata"]["name"],
    ]  # fmt: skip


def _node(item: Json, now: datetime) -> list[Any]:
    status, info = item["status"], item["status"]["nodeInfo"]
    ready = any(one["type"] == "Ready" and one["status"] == "True" for one in status["conditions"])
    address = status["addresses"][0]["address"]
    state = "Ready" if ready else "NotReady"
    about = [info["kubeletVersion"], address, "<none>", info["osImage"], info["kernelVersion"]]
    name = item["metadata"]["name"]
    return [name, state, "<none>", _born(item, now), *about, info["containerRuntimeVersion"]]


def _namespace(item: Json, now: datetime) -> list[Any]:
    return [item["metadata"]["name"], item["status"]["phase"], _born(item, now)]


_WORKLOAD = ("Containers", "Images", "Selector")
_PLAIN = Columns(
    ("Name", "Created At"),
    (),
    lambda item, _: [item["metadata"]["name"], item["metadata"]["creationTimestamp"]],
)
_COLUMNS: dict[Resource, Columns] = {
    DEPLOYMENTS: Columns(
        ("Name", "Ready", "Up-to-date", "Available", "Age", *_WORKLOAD), _WORKLOAD, _deployment
    ),
    REPLICASETS: Columns(
        ("Name", "Desired", "Current", "Ready", "Age", *_WORKLOAD), _WORKLOAD, _replicaset
    ),
    PODS: Columns(
        ("Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates"),
        ("IP", "Node", "Nominated Node", "Readiness Gates"),
        _pod,
    ),
    HPAS: Columns(("Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"), (), _hpa),
    EVENTS: Columns(
        ("Last Seen", "Type", "Reason", "Object", "Subobject", "Source", "Message", "First Seen", "Count",
         "Name"),
        ("Subobject", "Source", "First Seen", "Count", "Name"),
        _event,
    ),
    NODES: Columns(
        ("Name", "Status", "Roles", "Age", "Version", "Internal-IP", "External-IP", "OS-Image",
         "Kernel-Version", "Container-Runtime"),
        ("Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"),
        _node,
    ),
    NAMESPACES: Columns(("Name", "Status", "Age"), (), _namespace),
}  # fmt: skip
