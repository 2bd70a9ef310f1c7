"""Deletion: preconditions, grace, and what becomes of the dependents."""

import copy
from typing import Any, cast

from playground.kubernetes.reading import fit_test
from playground.kubernetes.requests import ApiRequest
from playground.kubernetes.resources import CONTROLLERREVISIONS, PODS, REPLICASETS, Json, entries, part
from playground.kubernetes.status import Refusal, conflict
from playground.kubernetes.store import Store, stamp

FOREGROUND = "foregroundDeletion"


def delete(store: Store, ask: ApiRequest) -> Json:
    """Delete one object, as DeleteOptions say. Raises Refusal 400, 404, 409."""
    item = store.get(ask.resource, ask.namespace, ask.name)
    options = _options(ask)
    wanted = part(options, "preconditions")
    meta = item["metadata"]
    if wanted.get("uid", meta["uid"]) != meta["uid"]:
        why = f"Precondition failed: UID in precondition: {wanted['uid']}, UID in object meta: {meta['uid']}"
        raise conflict(ask.resource, ask.name, why)
    if wanted.get("resourceVersion", meta["resourceVersion"]) != meta["resourceVersion"]:
        raise conflict(ask.resource, ask.name)
    if ask.is_dry or options.get("dryRun"):
        return item if ask.resource is PODS else _success(ask, item)
    return _delete(store, ask, item, options)


def delete_many(store: Store, ask: ApiRequest) -> Json:
    """Delete every object that fits the selectors; answers with the list of them."""
    fits = fit_test(ask)
    items = [item for item in store.every(ask.resource, ask.namespace) if fits(item)]
    options = _options(ask)
    if not ask.is_dry:
        for item in items:
            _delete(store, ask, item, options)
    meta = {"resourceVersion": str(store.version)}
    return {
        "kind": ask.resource.list_kind,
        "apiVersion": ask.resource.api_version,
        "metadata": meta,
        "items": items,
    }


def terminate(store: Store, pod: Json, grace_s: int | None = None) -> Json:
    """Ask a pod to end: it is gone when the kubelet has stopped it, or at once with a grace of 0."""
    meta = pod["metadata"]
    if grace_s == 0:
        return store.remove(PODS, meta["namespace"], meta["name"])
    if "deletionTimestamp" in meta:
        return pod
    pod = copy.deepcopy(pod)
    pod["metadata"]["deletionTimestamp"] = stamp(store.now())
    default_s = pod["spec"].get("terminationGracePeriodSeconds", 30)
    pod["metadata"]["deletionGracePeriodSeconds"] = default_s if grace_s is None else grace_s
    return store.replace(PODS, pod)


def dependents(store: Store, item: Json) -> list[tuple[Any, Json]]:
    """The ReplicaSets, ControllerRevisions and Pods that an object owns, with their resource."""
    uid, namespace = item["metadata"]["uid"], item["metadata"].get("namespace", "")
    found: list[tuple[Any, Json]] = []
    for resource in (REPLICASETS, CONTROLLERREVISIONS, PODS):
        for one in store.every(resource, namespace):
            owners = entries(one["metadata"], "ownerReferences")
            if any(owner["uid"] == uid for owner in owners):
                found.append((resource, one))
    return found


def _delete(store: Store, ask: ApiRequest, item: Json, options: Json) -> Json:
    meta = item["metadata"]
    if ask.resource is PODS:
        return terminate(store, item, options.get("gracePeriodSeconds"))
    policy = options.get("propagationPolicy") or ask.query.get("propagationPolicy", "Background")
    if policy == "Foreground" and dependents(store, item):
        item = copy.deepcopy(item)
        item["metadata"]["deletionTimestamp"] = stamp(store.now())
        item["metadata"]["finalizers"] = [FOREGROUND]
        return store.replace(ask.resource, item)
    if policy == "Orphan" or options.get("orphanDependents"):
        for resource, one in dependents(store, item):
            orphan = copy.deepcopy(one)
            del orphan["metadata"]["ownerReferences"]
            store.replace(resource, orphan)
    store.remove(ask.resource, meta.get("namespace", ""), meta["name"])
    return _success(ask, item)


def _options(ask: ApiRequest) -> Json:
    document: Any = ask.document() if ask.raw.strip() else None
    if not isinstance(document, dict | None):
        raise Refusal(400, "the object provided is unrecognized (must be of type DeleteOptions)")
    return cast("Json | None", document) or {}


def _success(ask: ApiRequest, item: Json) -> Json:
    meta = item["metadata"]
    details: Json = {"name": meta["name"], "kind": ask.resource.plural, "uid": meta["uid"]}
    if ask.resource.group:
        details["group"] = ask.resource.group
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details}
