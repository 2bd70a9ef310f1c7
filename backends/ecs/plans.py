"""Plans for ECS services, from what was read: pure."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from pydantic import JsonValue

from backends.aws_scaling import Autoscaling
from backends.ecs.blue_green import stopping, strategy_note, strategy_of, takes
from backends.ecs.target import EcsTarget, Json, primary_of, short
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
    Version,
    Warning,
    fingerprint,
)
from model.planning import (
    AllowedRange,
    count_cautions,
    direction_of,
    new_bounds,
    others_for,
    resolved,
    tier_of,
)
from model.refusal import Refused
from model.slash import slash


@dataclass(frozen=True)
class Snapshot:
    """What was read of a service at one moment: DescribeServices' entry, and what scales it by itself.

    check_s: how often that looks, in seconds.
    """

    service: Json
    autoscaling: Autoscaling
    check_s: float = 60.0

    @property
    def bounds(self) -> AllowedRange:
        """The autoscaler's minimum and maximum; (None, None) where there is none."""
        return self.autoscaling.range_of("ecs:service:DesiredCount")

    @property
    def desired(self) -> int:
        """The desired count."""
        return int(self.service["desiredCount"])

    @property
    def running(self) -> int:
        """How many tasks run, of every deployment."""
        return int(self.service["runningCount"])

    @property
    def version(self) -> str:
        """The task definition it is on, as `family:42`."""
        return short(self.service["taskDefinition"])

    @property
    def deployment(self) -> str:
        """The id of the deployment it is on; a change that deploys makes another one."""
        return str(primary_of(self.service).get("id", ""))

    @property
    def fingerprint(self) -> str:
        """Of desired count, task definition and bounds; of nothing that moves by itself."""
        return fingerprint(
            {
                "desired": self.desired,
                "task_definition": self.version,
                "min": self.bounds[0],
                "max": self.bounds[1],
            }
        )


def plan_scale(service: Service, change: Scale, seen: Snapshot) -> Plan:
    """Another desired count. Raises Refused."""
    if seen.service.get("schedulingStrategy") == "DAEMON":
        raise Refused(
            f"{service.id} runs one task on every instance (DAEMON); it has no count.",
            f"To replace its tasks, type {slash('restart')} {service.id}",
        )
    before, after = seen.desired, resolved(service, change.desired, seen.desired)
    step = update_of(service, f"Set the desired count to {after}", desiredCount=after)
    return Plan(
        service=service.id,
        change=_to(after),
        deltas=(Delta(what="desired count", before=str(before), after=str(after)),),
        steps=() if after == before else (step,),
        cautions=(*_count(service, after, seen), *seen.autoscaling.cautions(), *in_flight(seen)),
        tier=tier_of(before, after),
        others=others_for(before, after),
        direction=direction_of(before, after),
        size=abs(after - before),
        counts=(before, after),
        fingerprint=seen.fingerprint,
        goal={"desired": after, "from": before, **_fought(service, before, after, seen)},
        inverse=None if after == before else _to(before),
        undo=f"Sets the desired count back to {before}.",
    )


def plan_bounds(service: Service, change: CapacityBounds, seen: Snapshot) -> Plan:
    """Other bounds for the autoscaler. Raises Refused."""
    if seen.autoscaling.denied:
        raise Refused(
            f"Whether {service.id} has an autoscaler is not known: {seen.autoscaling.denied}",
            "Grant what `muster manifest iam` prints.",
        )
    bounds = new_bounds(service, change, seen.bounds, seen.desired)
    low, high = bounds.after
    params: dict[str, Any] = {
        "ServiceNamespace": "ecs",
        "ResourceId": EcsTarget.of(service).resource,
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": low,
        "MaxCapacity": high,
    }
    call = "application-autoscaling:RegisterScalableTarget"
    step = Step(call=call, params=params, says=f"Keep {low} to {high}")
    return Plan(
        service=service.id,
        change=CapacityBounds(min=low, max=high),
        deltas=bounds.deltas,
        steps=() if bounds.is_same else (step,),
        cautions=(*bounds.cautions, *seen.autoscaling.cautions()),
        tier=RiskTier.R2,
        direction=bounds.direction,
        size=bounds.size,
        fingerprint=seen.fingerprint,
        goal={"min": low, "max": high},
        inverse=bounds.inverse,
        undo=f"Sets the bounds back to {bounds.before[0]} to {bounds.before[1]}.",
    )


def plan_restart(service: Service, change: Restart, seen: Snapshot) -> Plan:
    """A new deployment of what runs. Raises Refused."""
    must_deploy(service, seen)
    if change.hard:
        raise Refused("ECS has no hard restart.", f"Type {slash('restart')} {service.id}")
    text = f"Fresh tasks start from {seen.version}, the version that runs; nothing new is deployed."
    same = Warning(level="note", code="same-version", text=text)
    return Plan(
        service=service.id,
        change=change,
        deltas=(Delta(what="tasks", before=f"{seen.running} running", after=f"{seen.desired} fresh"),),
        steps=(update_of(service, "Start a new deployment of the same version", forceNewDeployment=True),),
        cautions=(*in_flight(seen), *risks(seen), same),
        takes=takes(seen.service),
        tier=RiskTier.R1,
        size=seen.running,
        fingerprint=seen.fingerprint,
        goal={"task_definition": seen.version, "not": seen.deployment},
        undo="A restart cannot be undone; the old tasks are gone.",
    )


def plan_rollback(service: Service, seen: Snapshot, wanted: Version) -> Plan:
    """A deployment of a version that is known to be there. Raises Refused."""
    must_deploy(service, seen)
    is_same = wanted.id == seen.version
    step = update_of(service, f"Deploy {wanted.id}", taskDefinition=wanted.id)
    return Plan(
        service=service.id,
        change=Rollback(version=wanted.id),
        deltas=(Delta(what="task definition", before=seen.version, after=wanted.id),),
        steps=() if is_same else (step,),
        cautions=(*_doubts(service, seen, wanted), *in_flight(seen), *risks(seen)),
        takes=takes(seen.service),
        tier=RiskTier.R2,
        size=seen.desired,
        fingerprint=seen.fingerprint,
        goal={"task_definition": wanted.id, "not": seen.deployment},
        inverse=None if is_same else Rollback(version=seen.version),
        undo=f"Deploys {seen.version} again.",
    )


def plan_stop(service: Service, seen: Snapshot, wanted: Version, record: Json) -> Plan:
    """Back to what ran before a deployment that is under way: it is stopped, not deployed over.

    record: of that deployment, as DescribeServiceDeployments gives it.
    """
    plan = plan_rollback(service, seen, wanted)
    text = (
        f"The deployment of {seen.version} is under way, and {wanted.id} still runs: it only gets its "
        "traffic back."
    )
    return plan.model_copy(
        update={
            "steps": (stopping(record, wanted.id),),
            "cautions": (Warning(level="note", code="stops", text=text),),
            "takes": timedelta(),
            "goal": {**plan.goal, "stops": str(record["serviceDeploymentArn"])},
        }
    )


def plan_by_number(service: Service, seen: Snapshot, earlier: str) -> Plan:
    """A deployment of the newest earlier revision, where nothing is known of what ran. Raises Refused."""
    plan = plan_rollback(service, seen, Version(id=earlier))
    text = (
        f"ECS has no record of what it deployed to {service.id} (it keeps 90 days). {earlier} is the newest "
        "earlier revision that can be deployed; nobody knows that it ran."
    )
    guess = Warning(level="warn", code="by-number", text=text)
    return plan.model_copy(update={"cautions": (guess, *plan.cautions)})


def named_version(
    service: Service, name: str | None, seen: Snapshot, versions: tuple[Version, ...]
) -> Version:
    """The version that is meant: the one named, else the newest other one that ran. Raises Refused."""
    if name is None:
        if not (others := ran(seen, versions)):
            raise Refused(
                f"ECS knows of nothing that {service.id} ran but {seen.version}.",
                "Name the revision you mean; its plan says that it never ran here.",
            )
        return others[0]
    family = seen.version.rsplit(":", 1)[0]
    full = name if ":" in name else f"{family}:{name}"
    known = next((one for one in versions if one.id == full), None)
    if known is None and full.rsplit(":", 1)[0] != family:
        raise Refused(f"`{name}` is not a version of {service.id}.", choice(service, seen, versions))
    return known or Version(id=full, has_run=False)


def absent(
    service: Service, wanted: Version, status: str, seen: Snapshot, versions: tuple[Version, ...]
) -> Refused:
    """The version cannot be deployed: it is not registered, or deregistered (INACTIVE)."""
    why = "is deregistered (INACTIVE), and ECS deploys no such version" if status else "is not registered"
    return Refused(f"{wanted.id} {why}.", choice(service, seen, versions, wanted.id))


def choice(service: Service, seen: Snapshot, versions: tuple[Version, ...], but: str = "") -> str:
    """What there is to go back to, in words."""
    others = [one.id for one in ran(seen, versions) if one.id != but][:5]
    if not others:
        return f"ECS knows of no other version that {service.id} ran."
    return f"It ran {', '.join(f'`{one}`' for one in others)}."


def ran(seen: Snapshot, versions: tuple[Version, ...]) -> list[Version]:
    """The versions that ran and are not running, the last to be deployed first."""
    return [one for one in versions if one.has_run and one.id != seen.version]


def _count(service: Service, count: int, seen: Snapshot) -> tuple[Warning, ...]:
    """What a count brings with it; inside an autoscaler's range it may be moved again all the same."""
    cautions, (least, most) = count_cautions(service, count, seen.bounds), seen.bounds
    if least is None or any(one.code == "autoscaler" for one in cautions):
        return cautions
    text = f"An autoscaler keeps {least} to {most} and may move the count again."
    instead = f"To hold it, set the bounds: {slash('scale')} {service.id} min={count}"
    return (*cautions, Warning(level="note", code="autoscaled", text=text, instead=instead))


def _fought(service: Service, before: int, after: int, seen: Snapshot) -> dict[str, JsonValue]:
    """What a watch has to know of who may set the count back: who, how long to wait for it, what holds.

    At 0 nothing is scaled by itself (Application Auto Scaling User Guide, ECS services).
    """
    least, most = seen.bounds
    if least is None or most is None or after in (before, 0):
        return {}
    low, high = (after, max(most, after)) if after > before else (min(least, after), after)
    hold = f"{slash('scale')} {service.id} min={low} max={high}"
    return {"fought_by": "Application Auto Scaling", "settles_s": seen.check_s, "hold": hold}


def _to(count: int) -> Scale:
    return Scale(desired=Amount(how="to", n=count))


def update_of(service: Service, says: str, **params: Any) -> Step:
    """One UpdateService."""
    target = EcsTarget.of(service)
    named = {"cluster": target.cluster, "service": target.service}
    return Step(call="ecs:UpdateService", params={**named, **params}, says=says)


def must_deploy(service: Service, seen: Snapshot) -> None:
    """Raises Refused where something other than ECS deploys the service."""
    controller = str(cast(Json, seen.service.get("deploymentController") or {}).get("type", "ECS"))
    if controller == "CODE_DEPLOY":
        raise Refused(
            f"{service.id} is deployed by AWS CodeDeploy (blue/green), and ECS lets nobody else deploy it.",
            "In CodeDeploy, stop the deployment with rollback, or redeploy the revision before. Counts are "
            "changed here:",
            (f"{slash('scale')} {service.id} +1",),
        )
    if controller != "ECS":
        raise Refused(
            f"{service.id} is deployed by something outside of ECS (controller {controller}, task sets).",
            "Go back in whatever deploys it: its pipeline knows the task sets. Counts are changed here:",
            (f"{slash('scale')} {service.id} +1",),
        )


def _doubts(service: Service, seen: Snapshot, wanted: Version) -> tuple[Warning, ...]:
    if wanted.id == seen.version:
        return (Warning(level="note", code="same-version", text=f"It runs {wanted.id} already."),)
    if not wanted.has_run:
        text = f"{wanted.id} was never deployed to {service.id}, as far as ECS remembers."
        if wanted.note:
            text = f"{wanted.id} never came up on {service.id}: {wanted.note}."
        return (Warning(level="warn", code="never-ran", text=text),)
    if _number(wanted.id) > _number(seen.version):
        text = f"{wanted.id} is newer than {seen.version}; {service.id} came back from it."
        return (Warning(level="warn", code="newer", text=text),)
    return ()


def _number(version: str) -> int:
    last = version.rsplit(":", 1)[-1]
    return int(last) if last.isdigit() else 0


def in_flight(seen: Snapshot) -> tuple[Warning, ...]:
    """A `warn` while a deployment is under way."""
    rolling = [one for one in seen.service["deployments"] if one.get("rolloutState") == "IN_PROGRESS"]
    if strategy_of(seen.service) and len(seen.service["deployments"]) > 1:  # it has no rollout state
        rolling = [primary_of(seen.service)]
    if not rolling:
        return ()
    text = f"A deployment of {short(rolling[0]['taskDefinition'])} is under way; this joins or replaces it."
    return (Warning(level="warn", code="in-flight", text=text),)


def risks(seen: Snapshot) -> tuple[Warning, ...]:
    """What the service's deployment configuration does to a deployment."""
    if strategy_of(seen.service):
        return strategy_note(seen.service)
    found: list[Warning] = []
    configuration = cast(Json, seen.service.get("deploymentConfiguration") or {})
    if configuration.get("minimumHealthyPercent") == 0 and seen.desired > 0:
        text = "Its minimum healthy percent is 0: every task may stop before a fresh one runs."
        found.append(Warning(level="warn", code="all-at-once", text=text))
    breaker = cast(Json, configuration.get("deploymentCircuitBreaker") or {})
    if not breaker.get("enable"):
        text = "It has no circuit breaker: if fresh tasks fail, ECS goes on trying and does not go back."
        found.append(Warning(level="note", code="no-breaker", text=text))
    return tuple(found)
