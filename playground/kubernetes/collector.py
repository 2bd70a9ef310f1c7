"""The garbage collector: what belonged to a deleted object goes too."""

from playground.kubernetes.deleting import FOREGROUND, dependents, terminate
from playground.kubernetes.podstate import is_ending
from playground.kubernetes.resources import (
    CONTROLLERREVISIONS,
    PODS,
    REPLICASETS,
    WORKLOADS,
    Json,
    Resource,
    entries,
    texts,
)
from playground.kubernetes.store import Store


def collect(store: Store) -> None:
    """Remove dependents of what is gone or is going, and owners that waited for them."""
    alive = {one["metadata"]["uid"] for kind in WORKLOADS for one in store.every(kind)}
    for resource in (REPLICASETS, CONTROLLERREVISIONS, PODS):
        for item in store.every(resource):
            owners = entries(item["metadata"], "ownerReferences")
            if owners and not any(owner["uid"] in alive for owner in owners):
                _drop(store, resource, item)
    for resource in WORKLOADS:
        for item in store.every(resource):
            if FOREGROUND in texts(item["metadata"], "finalizers"):
                _finish(store, resource, item)


def _finish(store: Store, resource: Resource, item: Json) -> None:
    below = [(kind, one) for kind, one in dependents(store, item) if not _is_gone(store, kind, one)]
    for kind, one in below:
        _drop(store, kind, one)
    if not below:
        store.remove(resource, item["metadata"]["namespace"], item["metadata"]["name"])


def _is_gone(store: Store, resource: Resource, item: Json) -> bool:
    return store.find(resource, item["metadata"]["namespace"], item["metadata"]["name"]) is None


def _drop(store: Store, resource: Resource, item: Json) -> None:
    if resource is not PODS:
        store.remove(resource, item["metadata"]["namespace"], item["metadata"]["name"])
    elif not is_ending(item):
        terminate(store, item)
