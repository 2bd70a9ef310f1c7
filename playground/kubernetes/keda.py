"""KEDA's operator, as far as bounds go: an autoscaler for every ScaledObject, made and kept after it."""

import copy

from playground.kubernetes.defaults import with_defaults
from playground.kubernetes.resources import HPAS, SCALED_OBJECTS, Json
from playground.kubernetes.store import Store


def mirror(store: Store) -> None:
    """Make or mend the autoscaler of every ScaledObject.

    Source: KEDA's documentation of the ScaledObject: the autoscaler is called keda-hpa-NAME and owned by
    it, keeps minReplicaCount (0 by default, and then at least 1) to maxReplicaCount (100), and is set back
    when somebody edits it.
    """
    for one in store.every(SCALED_OBJECTS):
        meta, spec = one["metadata"], one["spec"]
        bounds = (max(1, spec.get("minReplicaCount", 0)), spec.get("maxReplicaCount", 100))
        there = store.find(HPAS, meta["namespace"], f"keda-hpa-{meta['name']}")
        if there is None:
            store.add(HPAS, with_defaults(HPAS, _autoscaler(one, bounds)))
        elif (there["spec"]["minReplicas"], there["spec"]["maxReplicas"]) != bounds:
            mended = copy.deepcopy(there)
            mended["spec"] |= {"minReplicas": bounds[0], "maxReplicas": bounds[1]}
            store.replace(HPAS, mended)


def _autoscaler(one: Json, bounds: tuple[int, int]) -> Json:
    meta, target = one["metadata"], one["spec"]["scaleTargetRef"]
    owner = {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "name": meta["name"],
        "uid": meta["uid"],
    }
    return {
        "metadata": {
            "name": f"keda-hpa-{meta['name']}",
            "namespace": meta["namespace"],
            "labels": {"app.kubernetes.io/managed-by": "keda-operator"},
            "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": True}],
        },
        "spec": {
            "scaleTargetRef": {
                "apiVersion": target.get("apiVersion", "apps/v1"),
                "kind": target.get("kind", "Deployment"),
                "name": target["name"],
            },
            "minReplicas": bounds[0],
            "maxReplicas": bounds[1],
        },
    }
