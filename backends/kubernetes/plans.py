"""Plans for deployments, from what was read: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backends.kubernetes.api import MERGE, STRATEGIC
from backends.kubernetes.target import (
    HISTORY,
    RESTARTED,
    Json,
    annotation,
    image_of,
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
    Rollback,
    Scale,
    Step,
    Warning,
    fingerprint,
)
from model.planning import (
    AllowedRange,
    count_cautions,
    direction_of,
    limit_cautions,
    new_bounds,
    others_for,
    resolved,
    tier_of,
)
from model.refusal import Refused


@dataclass(frozen=True)
class Snapshot:
    """A deployment and its autoscaler's bounds at one moment."""

    item: Json
    bounds: AllowedRange

    @property
    def replicas(self) -> int:
        """How many are asked for."""
        return int(self.item["spec"]["replicas"])

    @property
    def revision(self) -> str:
        """The revision it is at."""
        return revision_of(self.item)

    @property
    def fingerprint(self) -> str:
        """Of replicas, pod template and bounds; of no status."""
        state = {"replicas": self.replicas, "template": template_fingerprint(self.item)}
        return fingerprint({**state, "bounds": list(self.bounds)})


def plan_scale(service: Service, change: Scale, seen: Snapshot) -> Plan:
    """Another number of replicas. Raises Refused."""
    before, after = seen.replicas, resolved(service, change.desired, seen.replicas)
    target = target_of(service)
    step = Step(
        call="kubernetes:PatchDeploymentScale",
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
        cautions=(*_count(service, after, seen.bounds), *in_flight(seen)),
        tier=tier_of(before, after),
        others=others_for(before, after),
        direction=direction_of(before, after),
        size=abs(after - before),
        fingerprint=seen.fingerprint,
        goal={"replicas": after},
        inverse=None if after == before else _to(before),
        undo=f"Sets replicas back to {before}.",
    )


def plan_bounds(service: Service, change: CapacityBounds, seen: Snapshot) -> Plan:
    """Other bounds for the autoscaler. Raises Refused."""
    bounds = new_bounds(service, change, seen.bounds, seen.replicas)
    (low, high), (least, most) = bounds.after, bounds.before
    step = Step(
        call="kubernetes:PatchHorizontalPodAutoscaler",
        params={
            "path": target_of(service).autoscaler,
            "type": MERGE,
            "body": {"spec": {"minReplicas": low, "maxReplicas": high}},
            "expects": {"spec": {"minReplicas": least, "maxReplicas": most}},
        },
        says=f"Keep {low} to {high}",
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
    """As `kubectl rollout restart`: an annotation of the pod template, so nothing is lost. Raises Refused."""
    must_roll(service, seen)
    stamp = stamped(seen, now)
    body: Json = {"spec": {"template": {"metadata": {"annotations": {RESTARTED: stamp}}}}}
    step = Step(
        call="kubernetes:PatchDeployment",
        params={"path": target_of(service).path, "type": STRATEGIC, "body": body},
        says="Set restartedAt on the pod template, which replaces every pod",
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


def plan_rollback(service: Service, change: Rollback, seen: Snapshot, sets: Sequence[Json]) -> Plan:
    """As `kubectl rollout undo`: the pod template of the revision's ReplicaSet, put back. Raises Refused.

    The plan names the ReplicaSet and its template's fingerprint: templates may hold secrets, plans are kept.
    """
    must_roll(service, seen)
    chosen = _wanted(service, change.version, seen, sets)
    wanted, before, after = revision_of(chosen), template_fingerprint(seen.item), template_fingerprint(chosen)
    target, is_same = target_of(service), before == after
    step = Step(
        call="kubernetes:PatchDeployment",
        params={
            "path": target.path,
            "replicaset": f"{target.replicasets}/{chosen['metadata']['name']}",
            "template": after,
            "expects": before,
        },
        says=f"Put the pod template of revision {wanted} back",
    )
    was, now = image_of(seen.item["spec"]["template"]), image_of(chosen["spec"]["template"])
    return Plan(
        service=service.id,
        change=Rollback(version=wanted),
        deltas=(
            Delta(what="revision", before=seen.revision, after=wanted),
            Delta(what="image", before=was, after=now),
        ),
        steps=() if is_same else (step,),
        cautions=(*_came_from(service, seen, wanted, sets), *in_flight(seen), *all_at_once(seen)),
        tier=RiskTier.R2,
        size=seen.replicas,
        fingerprint=seen.fingerprint,
        goal={"template": after},
        runs_before=before,
        runs_after=after,
        inverse=None if is_same else Rollback(version=seen.revision),
        undo=f"Puts the pod template of revision {seen.revision} back.",
    )


def must_roll(service: Service, seen: Snapshot) -> None:
    """Raises Refused for a paused deployment: nothing it is given rolls out."""
    if seen.item["spec"].get("paused"):
        target = target_of(service)
        raise Refused(
            f"The deployment of {service.id} is paused, so nothing would roll out.",
            f"Resume it first: kubectl rollout resume deployment/{target.deployment} -n {target.namespace}",
        )


def in_flight(seen: Snapshot) -> tuple[Warning, ...]:
    """A `warn` while a rollout is under way."""
    if is_complete(seen.item):
        return ()
    text = "A rollout is under way, or some pods are not available."
    return (Warning(level="warn", code="in-flight", text=text),)


def all_at_once(seen: Snapshot) -> tuple[Warning, ...]:
    """A `warn` where every pod ends before a fresh one starts."""
    strategy = part(seen.item, "spec", "strategy")
    if strategy.get("type") != "Recreate" or seen.replicas == 0:
        return ()
    text = "Its strategy is Recreate: every pod ends before a fresh one starts."
    return (Warning(level="warn", code="all-at-once", text=text),)


def is_complete(item: Json) -> bool:
    """Whether every pod asked for is available and of the newest template, and no other is left."""
    status, wanted = part(item, "status"), int(item["spec"]["replicas"])
    names = ("replicas", "updatedReplicas", "availableReplicas")
    return is_observed(item) and all(int(status.get(name, 0)) == wanted for name in names)


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
    return next(stamp for stamp in stamps if stamp != notes.get(RESTARTED))


def _to(count: int) -> Scale:
    return Scale(desired=Amount(how="to", n=count))


def _count(service: Service, count: int, bounds: AllowedRange) -> tuple[Warning, ...]:
    if bounds[0] is None:
        return count_cautions(service, count, bounds)
    if count == 0:
        text = "While replicas are 0 the autoscaler is off, until someone scales up again."
        return (*limit_cautions(service, count), Warning(level="note", code="hpa-off", text=text))
    cautions = count_cautions(service, count, bounds)
    if any(one.code == "autoscaler" for one in cautions):
        return cautions
    text = f"An autoscaler keeps {bounds[0]} to {bounds[1]} and may move the count again."
    return (*cautions, Warning(level="note", code="hpa", text=text))


def _wanted(service: Service, named: str | None, seen: Snapshot, sets: Sequence[Json]) -> Json:
    """The ReplicaSet to go back to. Raises Refused with the revisions that are kept."""
    kept = sorted((one for one in sets if revision_of(one)), key=lambda one: -int(revision_of(one)))
    others = [one for one in kept if revision_of(one) != seen.revision]
    choice = ", ".join(f"`{revision_of(one)}` ({image_of(one['spec']['template'])})" for one in others[:5])
    if named is None:
        if not others:
            raise Refused(f"{service.id} keeps no older revision.", f"See /history {service.id}.")
        return others[0]
    found = next((one for one in kept if revision_of(one) == named), None)
    if found is None:
        raise Refused(f"{service.id} keeps no revision {named}.", f"It keeps {choice or 'none'}.")
    return found


def _came_from(service: Service, seen: Snapshot, wanted: str, sets: Sequence[Json]) -> tuple[Warning, ...]:
    """A `warn` when the revision is newer than what runs, which was itself put back.

    A template that is put back gets a new revision; its earlier ones are in an annotation.
    """
    current = [one for one in sets if revision_of(one) == seen.revision]
    earlier = [number for one in current for number in annotation(one, HISTORY).split(",")]
    if not any(one.isdigit() and int(one) < int(wanted) for one in earlier) or wanted == seen.revision:
        return ()
    text = f"Revision {wanted} is newer than what runs; {service.id} came back from it."
    return (Warning(level="warn", code="newer", text=text),)
