"""Events: what controllers and the kubelet tell about objects."""

import copy
from datetime import datetime
from typing import Any

from playground.kubernetes.resources import EVENTS, Json
from playground.kubernetes.store import Store, stamp

KEPT = 300
"""Older events are dropped, as a cluster drops them after an hour."""


class Recorder:
    """Writes events; the same thing said again counts up instead of repeating."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[Any, ...], str] = {}

    def normal(self, about: Json, component: str, reason: str, message: str) -> None:
        """Tell of something that is as it should be."""
        self._record(about, component, "Normal", reason, message)

    def warn(self, about: Json, component: str, reason: str, message: str) -> None:
        """Tell of something that someone should look at."""
        self._record(about, component, "Warning", reason, message)

    def _record(self, about: Json, component: str, type_: str, reason: str, message: str) -> None:
        meta, now = about["metadata"], self._store.now()
        key = (meta["uid"], component, type_, reason, message)
        name = self._known.get(key, "")
        before = self._store.find(EVENTS, meta["namespace"], name)
        if before is not None:
            event = copy.deepcopy(before)
            event["count"] += 1
            event["lastTimestamp"] = stamp(now)
            self._store.replace(EVENTS, event)
            return
        event = new_event(about, component, type_, reason, message, now)
        event["metadata"]["name"] = f"{meta['name']}.{self._store.random.getrandbits(64):016x}"
        self._known[key] = event["metadata"]["name"]
        self._store.add(EVENTS, event)
        self._trim(meta["namespace"])

    def _trim(self, namespace: str) -> None:
        events = self._store.every(EVENTS, namespace)
        if len(events) <= KEPT:
            return
        oldest = min(events, key=lambda one: int(one["metadata"]["resourceVersion"]))
        self._store.remove(EVENTS, namespace, oldest["metadata"]["name"])
        names = {one["metadata"]["name"] for one in events} - {oldest["metadata"]["name"]}
        self._known = {key: name for key, name in self._known.items() if name in names}


def past_event(store: Store, about: Json, component: str, reason: str, message: str, at: datetime) -> None:
    """An event of before the playground began."""
    event = new_event(about, component, "Normal", reason, message, at)
    event["metadata"] |= {
        "name": store.new_name(f"{about['metadata']['name']}.", 16),
        "creationTimestamp": stamp(at),
    }
    store.add(EVENTS, event)


def new_event(about: Json, component: str, type_: str, reason: str, message: str, now: datetime) -> Json:
    """An Event about an object, without a name. The kubelet's name the container and the node."""
    meta, kubelet = about["metadata"], component == "kubelet"
    involved = {
        "kind": about["kind"],
        "namespace": meta["namespace"],
        "name": meta["name"],
        "uid": meta["uid"],
        "apiVersion": about["apiVersion"],
        "resourceVersion": meta["resourceVersion"],
    }
    if kubelet:
        involved["fieldPath"] = f"spec.containers{{{about['spec']['containers'][0]['name']}}}"
    host = {"host": about["spec"].get("nodeName", "")} if kubelet else {}
    return {
        "metadata": {"namespace": meta["namespace"]},
        "involvedObject": involved,
        "reason": reason,
        "message": message,
        "source": {"component": component, **host},
        "firstTimestamp": stamp(now),
        "lastTimestamp": stamp(now),
        "count": 1,
        "type": type_,
        "eventTime": None,
        "reportingComponent": component,
        "reportingInstance": host.get("host", ""),
    }
