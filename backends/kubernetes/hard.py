"""The hard restart: the deployment deleted and made again, without losing its revisions or its pods.

Deleting with `Orphan` leaves ReplicaSets and pods where they are and serving; the deployment that is made
again has the same selector, so the controller adopts them, and with them the revisions.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from backends.kubernetes.plans import Snapshot, all_at_once, in_flight, must_roll, stamped
from backends.kubernetes.target import (
    APPLIED,
    RESTARTED,
    REVISION,
    Json,
    entries,
    part,
    revision_of,
    target_of,
    template_fingerprint,
    template_of,
)
from model.catalog.schema import Service
from model.plan import Delta, Plan, Restart, RiskTier, Step, Warning
from model.refusal import Refused
from model.slash import slash


def plan_hard_restart(service: Service, seen: Snapshot, sets: Sequence[Json], now: datetime) -> Plan:
    """Delete and create. Raises Refused where the way back would be lost.

    The manifest is kept in the plan without its pod template, which may hold secrets: the ReplicaSet of the
    running revision holds it, and stays.
    """
    must_roll(service, seen)
    _must_be_free(service, seen)
    target, stamp, uid = target_of(service), stamped(seen, now), str(seen.item["metadata"]["uid"])
    holder = _holder(service, seen, sets)
    delete = Step(
        call="kubernetes:DeleteDeployment",
        params={"path": target.path, "uid": uid},
        says="Delete the deployment, leaving its ReplicaSets and pods (Orphan)",
    )
    create = Step(
        call="kubernetes:CreateDeployment",
        params={
            "path": target.siblings,
            "name": target.name,
            "manifest": manifest_of(seen.item),
            "replicaset": f"{target.holders}/{holder['metadata']['name']}",
            "template": template_fingerprint(seen.item),
            "restarted": stamp,
            "not": uid,
        },
        says="Create it again from the saved manifest, with fresh pods",
    )
    return Plan(
        service=service.id,
        change=Restart(hard=True),
        deltas=(
            Delta(what="deployment", before=f"revision {seen.revision}", after="deleted and created again"),
            Delta(what="pods", before=f"{seen.replicas} running", after=f"{seen.replicas} fresh"),
        ),
        steps=(delete, create),
        cautions=(_warning(service), *in_flight(seen), *all_at_once(seen)),
        tier=RiskTier.R2,
        size=seen.replicas,
        fingerprint=seen.fingerprint,
        goal={"restarted": stamp},
        undo="A restart cannot be undone; the old pods are gone.",
    )


def manifest_of(item: Json) -> Json:
    """What the deployment is made again from: all that was configured, but the pod template.

    The copy that `kubectl apply` keeps in an annotation holds the template too, so it is left out.
    """
    meta = part(item, "metadata")
    old = part(meta, "annotations")
    notes = {key: value for key, value in old.items() if key not in (REVISION, APPLIED)}
    kept: Json = {"name": meta["name"], "namespace": meta["namespace"], "annotations": notes}
    kept["labels"] = part(meta, "labels")
    spec = {key: value for key, value in item["spec"].items() if key != "template"}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": kept, "spec": spec}


def made_again(manifest: Json, holder: Json, stamp: str) -> Json:
    """The deployment to create: the manifest with the ReplicaSet's pod template, marked as restarted."""
    template = template_of(holder)
    notes = {**part(template, "metadata", "annotations"), RESTARTED: stamp}
    meta: dict[str, Any] = {**template["metadata"], "annotations": notes}
    return {**manifest, "spec": {**manifest["spec"], "template": {**template, "metadata": meta}}}


def _must_be_free(service: Service, seen: Snapshot) -> None:
    meta = part(seen.item, "metadata")
    keeper = [f"{one['kind']} {one['name']}" for one in entries(meta, "ownerReferences")]
    keeper += [f"finalizer {one}" for one in cast(list[str], meta.get("finalizers") or [])]
    if keeper:
        raise Refused(
            f"The deployment of {service.id} is kept by {keeper[0]}, which would act on its deletion.",
            f"Type {slash('restart')} {service.id}: every pod is replaced.",
        )


def _holder(service: Service, seen: Snapshot, sets: Sequence[Json]) -> Json:
    """The ReplicaSet of the running revision, which keeps the pod template meanwhile."""
    wanted = template_fingerprint(seen.item)
    found = [one for one in sets if revision_of(one) == seen.revision and template_fingerprint(one) == wanted]
    if not found:
        raise Refused(
            f"No ReplicaSet holds the pod template that {service.id} runs, so it could not be made again.",
            f"Type {slash('restart')} {service.id}, or wait until the rollout under way is through.",
        )
    return found[0]


def _warning(service: Service) -> Warning:
    text = (
        "The deployment is deleted and created again. Its ReplicaSets stay, so pods go on and revisions "
        "are kept; the next kubectl apply says once that its annotation is missing."
    )
    return Warning(level="warn", code="hard", text=text, instead=f"Milder: {slash('restart')} {service.id}")
