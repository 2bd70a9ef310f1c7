"""What scales a workload by itself: found by what it points at, whatever it is called."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from backends.kubernetes.api import KubernetesApi
from backends.kubernetes.target import Json, KubernetesTarget, entries, part
from model.plan import Warning
from model.planning import AllowedRange
from model.ports.backend import BackendError, Fault

HPA: Literal["HorizontalPodAutoscaler"] = "HorizontalPodAutoscaler"
KEDA: Literal["ScaledObject"] = "ScaledObject"


@dataclass(frozen=True)
class Scaler:
    """An autoscaler, or a ScaledObject of KEDA, which makes an autoscaler and keeps it as it is itself.

    hpa: the autoscaler as read, KEDA's own too; None where it is not there yet.
    """

    kind: Literal["HorizontalPodAutoscaler", "ScaledObject"]
    item: Json
    path: str
    hpa: Json | None

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.item["metadata"]["name"])

    @property
    def said(self) -> str:
        """What it is and is called: `HorizontalPodAutoscaler shop`."""
        return f"{self.kind} {self.name}"

    @property
    def fields(self) -> tuple[str, str]:
        """What its bounds are called in its spec."""
        is_hpa = self.kind == HPA
        return ("minReplicas", "maxReplicas") if is_hpa else ("minReplicaCount", "maxReplicaCount")

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the most; where none are given, what the field's documentation says."""
        low, high = self.fields
        usual = (1, 1) if self.kind == HPA else (0, 100)
        spec = part(self.item, "spec")
        return int(spec.get(low, usual[0])), int(spec.get(high, usual[1]))

    @property
    def wants(self) -> int | None:
        """How many it wants now, as far as it says."""
        found = part(self.hpa or {}, "status").get("desiredReplicas")
        return int(found) if found else None


@dataclass(frozen=True)
class Scaling:
    """What scales a workload, and what could not be looked for (`horizontalpodautoscalers` …)."""

    scaler: Scaler | None = None
    unseen: tuple[str, ...] = ()
    namespace: str = ""

    @property
    def bounds(self) -> AllowedRange:
        """Its bounds; (None, None) where there is nothing."""
        return self.scaler.bounds if self.scaler else (None, None)

    @property
    def cautions(self) -> tuple[Warning, ...]:
        """A `note` where an autoscaler may be there unseen."""
        if not self.unseen:
            return ()
        text = (
            f"Muster may not list {' and '.join(self.unseen)} in {self.namespace}, "
            "so an autoscaler may be there that sets the count back."
        )
        instead = "Grant what `muster manifest rbac` prints."
        return (Warning(level="note", code="scalers-unseen", text=text, instead=instead),)


async def scaling_of(api: KubernetesApi, target: KubernetesTarget) -> Scaling:
    """Look for what scales the target. Raises BackendError, but not for what may not be listed."""
    hpas, scaled = await asyncio.gather(_listed(api, target.autoscalers), _listed(api, target.scaled_objects))
    lists = {"horizontalpodautoscalers": hpas, "scaledobjects": scaled}
    unseen = tuple(name for name, found in lists.items() if found is None)
    return Scaling(chosen(target, hpas or [], scaled or []), unseen, target.namespace)


def chosen(target: KubernetesTarget, hpas: list[Json], scaled: list[Json]) -> Scaler | None:
    """The one that points at the target; a ScaledObject before the autoscaler that is made after it."""
    pointing = [one for one in hpas if _points_at(one, target)]
    for one in scaled:
        if _points_at(one, target):
            name = one["metadata"]["name"]
            made = next((hpa for hpa in pointing if _owner(hpa) == name), None)
            return Scaler(KEDA, one, f"{target.scaled_objects}/{name}", made)
    for one in pointing:
        return Scaler(HPA, one, f"{target.autoscalers}/{one['metadata']['name']}", one)
    return None


def keda_owner(scaler: Scaler) -> str:
    """The ScaledObject that an autoscaler is made after; empty where nobody but people keeps it."""
    return _owner(scaler.item) if scaler.kind == HPA else ""


def _points_at(one: Json, target: KubernetesTarget) -> bool:
    """By kind and name. A reference without a kind is a Deployment (KEDA's default)."""
    reference = part(one, "spec", "scaleTargetRef")
    return (reference.get("kind") or "Deployment", reference.get("name")) == (target.object_kind, target.name)


def _owner(hpa: Json) -> str:
    owners = entries(hpa["metadata"], "ownerReferences")
    return next((str(one["name"]) for one in owners if one["kind"] == KEDA), "")


async def _listed(api: KubernetesApi, path: str) -> list[Json] | None:
    """All of a kind; none where the kind is not there at all (404), None where it may not be listed."""
    try:
        return entries(await api.get(path), "items")
    except BackendError as error:
        if error.fault is Fault.NOT_FOUND:
            return []
        if error.fault is Fault.DENIED:
            return None
        raise
