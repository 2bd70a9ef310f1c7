"""Plans for deployments, from what was read: pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import JsonValue

from backends.kubernetes.api import MERGE, STRATEGIC
from backends.kubernetes.rollouts import is_rollout, is_under_way, phase_of, running, where
from backends.kubernetes.scalers import HPA, Scaler, Scaling, keda_owner
from backends.kubernetes.target import (
    RESTARTED,
    Json,
    part,
    revision_of,
    target_of,
    template_fingerprint,
)
from model.catalog.schema import Service
from model.plan import (
    Amount,
    CapacityBounds,
    Delta,
    Plan,
    Restart,
    RiskTier,
    Scale,
    Step,
    Warning,
    fingerprint,
)
from model.planning import (
    count_cautions,
    direction_of,
    limit_cautions,
    new_bounds,
    others_for,
    resolved,
    tier_of,
)
from model.refusal import Refused
from model.slash import slash


@dataclass(frozen=True)
class Snapshot:
    """A workload and what scales it at one moment. sync_s: how often autoscalers look, in seconds.

    holders: what keeps the pod templates that it ran.
    """

    item: Json
    scaling: Scaling = field(default_factory=Scaling)
    sync_s: float = 15.0
    holders: tuple[Json, ...] = ()

    @property
    def replicas(self) -> int:
        """How many are asked for."""
        return int(self.item["spec"]["replicas"])

    @property
    def running(self) -> Json:
        """The workload with what is filled into its pod template, to be held against what it ran."""
        return running(self.item, self.holders)

    @property
    def revision(self) -> str:
        """The revision it is at."""
        return revision_of(self.item)

    @property
    def fingerprint(self) -> str:
        """Of replicas, pod template and bounds; of no status."""
        state = {"replicas": self.replicas, "template": template_fingerprint(self.item)}
        return fingerprint({**state, "bounds": list(self.scaling.bounds)})


def plan_scale(service: Service, change: Scale, seen: Snapshot) -> Plan:
    """Another number of replicas. Raises Refused."""
    before, after = seen.replicas, resolved(service, change.desired, seen.replicas)
    target = target_of(service)
    step = Step(
        call=f"kubernetes:Patch{target.object_kind}Scale",
        params={
            "path": f"{target.path}/scale",
            "type": MERGE,
            "body": {"spec": {"replicas": after}},
            "expects": {"spec": {"replicas": before}},
        },
        says=f"Set replicas to {after}",
    )
    return Plan(
        service=service.id,
        change=_to(after),
        deltas=(Delta(what="replicas", before=str(before), after=str(after)),),
        steps=() if after == before else (step,),
        cautions=(*_count(service, before, after, seen.scaling), *in_flight(seen)),
        tier=tier_of(before, after),
        others=others_for(before, after),
        direction=direction_of(before, after),
        size=abs(after - before),
        counts=(before, after),
        fingerprint=seen.fingerprint,
        goal={"replicas": after, **_fought(service, before, after, seen)},
        inverse=None if after == before else _to(before),
        undo=f"Sets replicas back to {before}.",
    )


def plan_bounds(service: Service, change: CapacityBounds, seen: Snapshot) -> Plan:
    """Other bounds for the autoscaler that is there. Raises Refused."""
    scaler = seen.scaling.scaler
    if scaler is None:
        raise _no_scaler(service, seen)
    if keeper := keda_owner(scaler):
        raise Refused(
            f"{scaler.said} is kept as it is by KEDA's ScaledObject {keeper}, which Muster may not read.",
            "Grant what `muster manifest rbac` prints, or set minReplicaCount and maxReplicaCount there.",
        )
    bounds = new_bounds(service, change, scaler.bounds, seen.replicas)
    (low, high), (least, most) = bounds.after, bounds.before
    names, spec = scaler.fields, part(scaler.item, "spec")
    step = Step(
        call=f"kubernetes:Patch{scaler.kind}",
        params={
            "path": scaler.path,
            "type": MERGE,
            "body": {"spec": {names[0]: low, names[1]: high}},
            "expects": {"spec": {name: spec.get(name) for name in names}},
        },
        says=f"Let {scaler.said} keep {low} to {high}",
    )
    return Plan(
        service=service.id,
        change=CapacityBounds(min=low, max=high),
        deltas=bounds.deltas,
        steps=() if bounds.is_same else (step,),
        cautions=bounds.cautions,
        tier=RiskTier.R2,
        direction=bounds.direction,
        size=bounds.size,
        fingerprint=seen.fingerprint,
        goal={"bounds": [low, high]},
        inverse=bounds.inverse,
        undo=f"Sets the bounds back to {least} to {most}.",
    )


def plan_restart(service: Service, seen: Snapshot, now: datetime) -> Plan:
    """As `kubectl rollout restart`: an annotation of the pod template, so nothing is lost. Raises Refused.

    A Rollout is restarted by `spec.restartAt`: no revision, no steps (documentation of Argo Rollouts).
    """
    stamp = stamped(seen, now)
    if is_rollout(seen.item):
        body: Json = {"spec": {"restartAt": stamp}}
        kind, says = MERGE, "Set restartAt, which replaces every pod that is older"
    else:
        must_roll(service, seen)
        body = {"spec": {"template": {"metadata": {"annotations": {RESTARTED: stamp}}}}}
        kind, says = STRATEGIC, "Set restartedAt on the pod template, which replaces every pod"
    step = Step(
        call=f"kubernetes:Patch{target_of(service).object_kind}",
        params={"path": target_of(service).path, "type": kind, "body": body},
        says=says,
    )
    return Plan(
        service=service.id,
        change=Restart(),
        deltas=(Delta(what="pods", before=f"{seen.replicas} running", after=f"{seen.replicas} fresh"),),
        steps=(step,),
        cautions=(*in_flight(seen), *all_at_once(seen)),
        tier=RiskTier.R1,
        size=seen.replicas,
        fingerprint=seen.fingerprint,
        goal={"restarted": stamp},
        undo="A restart cannot be undone; the old pods are gone.",
    )


def must_roll(service: Service, seen: Snapshot) -> None:
    """Raises Refused for a paused deployment: nothing it is given rolls out."""
    target, strategy = target_of(service), part(seen.item, "spec", "updateStrategy")
    if strategy.get("type") == "OnDelete":
        raise Refused(
            f"{service.id} has the update strategy OnDelete, so no pod would be replaced.",
            f"Set it to RollingUpdate, or delete its pods: kubectl delete pod NAME -n {target.namespace}",
        )
    if is_rollout(seen.item) and seen.item["spec"].get("paused"):
        raise Refused(
            f"The rollout of {service.id} is paused by hand, so nothing would roll out.",
            f"Let it go on first: {slash('promote')} {service.id}",
        )
    if seen.item["spec"].get("paused"):
        raise Refused(
            f"The deployment of {service.id} is paused, so nothing would roll out.",
            f"Resume it first: kubectl rollout resume deployment/{target.name} -n {target.namespace}",
        )


def in_flight(seen: Snapshot) -> tuple[Warning, ...]:
    """A `warn` while a rollout is under way."""
    if is_complete(seen.item):
        return ()
    text = "A rollout is under way, or some pods are not available."
    if is_rollout(seen.item) and is_under_way(seen.item):
        text = f"An update is under way: {where(seen.item)}."
    return (Warning(level="warn", code="in-flight", text=text),)


def waits_for_each(item: Json) -> bool:
    """Whether a pod that never becomes ready stops all that comes after it (StatefulSets, OrderedReady)."""
    return part(item, "spec").get("podManagementPolicy") == "OrderedReady"


def partition_of(item: Json) -> int:
    """Pods of a StatefulSet below this number keep what they run; 0 for all else."""
    return int(part(item, "spec", "updateStrategy", "rollingUpdate").get("partition") or 0)


def all_at_once(seen: Snapshot) -> tuple[Warning, ...]:
    """A `warn` where every pod ends before a fresh one starts."""
    strategy = part(seen.item, "spec", "strategy")
    if strategy.get("type") != "Recreate" or seen.replicas == 0:
        return ()
    text = "Its strategy is Recreate: every pod ends before a fresh one starts."
    return (Warning(level="warn", code="all-at-once", text=text),)


def is_complete(item: Json) -> bool:
    """Whether every pod asked for is available and of the newest template, and no other is left."""
    if is_rollout(item):
        return phase_of(item)[0] == "Healthy"
    status, wanted = part(item, "status"), int(item["spec"]["replicas"])
    updated, low = int(status.get("updatedReplicas", 0)), min(partition_of(item), wanted)
    is_there = all(int(status.get(name, 0)) == wanted for name in ("replicas", "availableReplicas"))
    current, newest = status.get("currentRevision"), status.get("updateRevision")
    is_through = updated >= wanted - low if low else updated == wanted and current == newest
    return is_observed(item) and is_there and is_through


def is_observed(item: Json) -> bool:
    """Whether the status is about the configuration as it is now."""
    observed = int(part(item, "status").get("observedGeneration", 0))
    return observed >= int(item["metadata"].get("generation", 0))


def stamped(seen: Snapshot, now: datetime) -> str:
    """The time as `kubectl rollout restart` writes it, and never the one that stands there already.

    The same stamp again would replace no pod: two restarts in one second are two.
    """
    notes = part(seen.item, "spec", "template", "metadata", "annotations")
    stamps = [(now + timedelta(seconds=later)).strftime("%Y-%m-%dT%H:%M:%SZ") for later in (0, 1)]
    there = (notes.get(RESTARTED), part(seen.item, "spec").get("restartAt"))
    return next(stamp for stamp in stamps if stamp not in there)


def _to(count: int) -> Scale:
    return Scale(desired=Amount(how="to", n=count))


def _no_scaler(service: Service, seen: Snapshot) -> Refused:
    """What to say where there is nothing to set bounds of, or nothing that may be seen."""
    if not seen.scaling.unseen:
        count = f"Type a count: {slash('scale')} {service.id} {seen.replicas}"
        return Refused(f"No autoscaler points at {service.id}.", count)
    what = f"Muster may not list {' and '.join(seen.scaling.unseen)} in {seen.scaling.namespace}."
    return Refused(what, "Grant what `muster manifest rbac` prints.")


def _fought(service: Service, before: int, after: int, seen: Snapshot) -> dict[str, JsonValue]:
    """What a watch has to know of who may set the count back: who, how long to wait for it, what holds."""
    scaler = seen.scaling.scaler
    if scaler is None or after in (before, 0):
        return {}
    line = _bounds_for(service, scaler, before, after)
    return {"fought_by": scaler.said, "settles_s": seen.sync_s, "hold": line}


def _bounds_for(service: Service, scaler: Scaler, before: int, after: int) -> str:
    """The line whose bounds hold the count, on the side that is meant."""
    least, most = scaler.bounds
    low, high = (after, max(most, after)) if after > before else (min(least, after), after)
    return f"{slash('scale')} {service.id} min={low} max={high}"


def _count(service: Service, before: int, count: int, scaling: Scaling) -> tuple[Warning, ...]:
    """What a count brings with it: hard limits, who will set it back, or the usual range."""
    scaler = scaling.scaler
    if scaler is None:
        return (*count_cautions(service, count, (None, None)), *scaling.cautions)
    least, most = scaler.bounds
    if count == 0:
        text = "While replicas are 0 the autoscaler is off, until someone scales up again."
        if scaler.kind != HPA or keda_owner(scaler):
            text = f"{scaler.said} starts it again as soon as one of its triggers is active."
        return (*limit_cautions(service, count), Warning(level="note", code="hpa-off", text=text))
    is_out = not least <= count <= most
    wants = f" and wants {scaler.wants} now" if scaler.wants and not is_out else ""
    will = "will set" if is_out or scaler.wants not in (None, count) else "may set"
    text = f"{scaler.said} keeps {least} to {most}{wants}; it {will} {count} back within seconds."
    instead = f"Give it bounds instead: {_bounds_for(service, scaler, before, count)}"
    code = "autoscaler" if is_out else "hpa"
    warned = Warning(level="warn", code=code, text=text, instead=instead)
    return (*limit_cautions(service, count), *(() if count == before else (warned,)), *scaling.cautions)
