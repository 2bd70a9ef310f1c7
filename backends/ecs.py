"""Amazon ECS: services scaled, restarted and rolled back to what they really ran."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Literal, cast

from backends.aws_clients import AwsClients
from model.backend import BackendError, Fault
from model.catalog import Service, Target
from model.change import (
    Bounds,
    Caution,
    Change,
    Delta,
    Direction,
    Health,
    Plan,
    Progress,
    Restart,
    RiskTier,
    Rollback,
    Scale,
    Sign,
    Step,
    Verdict,
    Version,
    fingerprint,
    worst,
)
from model.planning import direction_of, limit_cautions, range_cautions, resolved, tier_of
from model.refusal import Refused

Json = dict[str, Any]


class EcsTarget(Target):
    """An ECS service. autoscaling: whether Application Auto Scaling manages its desired count."""

    kind: Literal["ecs"] = "ecs"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    region: str
    cluster: str
    service: str
    role_arn: str = ""
    container: str = ""
    target_group: str = ""
    log_group: str = ""
    autoscaling: bool = False


class Ecs:
    """Reads with DescribeServices and its kin; changes with UpdateService and RegisterScalableTarget."""

    kind = "ecs"
    target = EcsTarget

    def __init__(
        self,
        clients: AwsClients,
        clock: Callable[[], datetime],
        poll_s: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clients, self._clock, self._poll_s, self._sleep = clients, clock, poll_s, sleep

    def calls(self, service: Service) -> tuple[str, ...]:
        """IAM actions that the service needs."""
        needed = (
            "ecs:DescribeServices",
            "ecs:DescribeTaskDefinition",
            "ecs:DescribeTasks",
            "ecs:DescribeServiceRevisions",
            "ecs:ListServiceDeployments",
            "ecs:ListTasks",
            "ecs:UpdateService",
        )
        scaled = (
            "application-autoscaling:DescribeScalableTargets",
            "application-autoscaling:RegisterScalableTarget",
        )
        return needed + (scaled if _target(service).autoscaling else ())

    async def reach(self, service: Service) -> None:
        """DescribeServices answers and knows it. Raises BackendError."""
        await self._service(service)

    async def close(self) -> None:
        """boto3's clients need no closing."""

    def accepts(self, change: Change) -> bool:
        """Counts, bounds, restarts and rollbacks."""
        return isinstance(change, Scale | Bounds | Restart | Rollback)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Read the service and its bounds, and say what would change. Raises BackendError, Refused."""
        seen, bounds = await asyncio.gather(self._service(service), self._bounds(service))
        match change:
            case Scale():
                return _scale(service, change, seen, bounds)
            case Bounds():
                return _bound(service, change, seen, bounds)
            case Restart():
                return _restart(service, change, seen, bounds)
            case Rollback():
                return _rollback(service, change, seen, bounds, await self.versions(service))
            case _:
                raise Refused(f"{service.id} has no {change.kind}.", f"Look with /health {service.id}.")

    async def fingerprint(self, service: Service) -> str:
        """Of desired count, task definition and bounds."""
        seen, bounds = await asyncio.gather(self._service(service), self._bounds(service))
        return _fingerprint(seen, bounds)

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call. Raises BackendError."""
        where = _target(service)
        api, _, operation = step.call.partition(":")
        name = {"UpdateService": "update_service", "RegisterScalableTarget": "register_scalable_target"}[
            operation
        ]
        await self._clients.call(api, where.region, where.role_arn, name, **step.params)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """Desired count, task definition and bounds are compared; a restart is a deployment since then."""
        if step.call.endswith("RegisterScalableTarget"):
            least, most = await self._bounds(service)
            wanted = (step.params.get("MinCapacity", least), step.params.get("MaxCapacity", most))
            return (least, most) == wanted
        seen = await self._service(service)
        if step.params.get("forceNewDeployment"):
            newest = max((one["createdAt"] for one in seen["deployments"]), default=since)
            return cast(datetime, newest) >= since - timedelta(seconds=1)
        if "taskDefinition" in step.params:
            return str(seen["taskDefinition"]).endswith(str(step.params["taskDefinition"]))
        return seen["desiredCount"] == step.params.get("desiredCount")

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Poll until the deployment is through and the count is there, or it fails. Raises BackendError."""
        last: Progress | None = None
        while last is None or not last.is_over:
            seen = await self._service(service)
            failed = await self._failures(service, since)
            progress = _progress(seen, plan, failed, await self._failed_deployment(service, seen, since))
            if progress != last:
                yield progress
            last = progress
            if not progress.is_over:
                await self._sleep(self._poll_s)

    async def health(self, service: Service) -> Health:
        """Status, running against desired, deployments. Raises BackendError."""
        seen = await self._service(service)
        signs = _signs(seen)
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    async def versions(self, service: Service) -> tuple[Version, ...]:
        """Task definitions the service deployed (ListServiceDeployments), the running one first."""
        where = _target(service)
        deployed = await self._clients.call(
            "ecs",
            where.region,
            where.role_arn,
            "list_service_deployments",
            cluster=where.cluster,
            service=where.service,
            maxResults=50,
        )
        arns = [str(one["targetServiceRevisionArn"]) for one in deployed["serviceDeployments"]]
        unique = list(dict.fromkeys(arns))[:20]
        revisions: list[Json] = []
        if unique:
            found = await self._clients.call(
                "ecs", where.region, where.role_arn, "describe_service_revisions", serviceRevisionArns=unique
            )
            revisions = cast(list[Json], found["serviceRevisions"])
        seen = await self._service(service)
        return _versions(seen, cast(list[Json], deployed["serviceDeployments"]), revisions)

    async def _service(self, service: Service) -> Json:
        where = _target(service)
        answer = await self._clients.call(
            "ecs",
            where.region,
            where.role_arn,
            "describe_services",
            cluster=where.cluster,
            services=[where.service],
        )
        found = cast(list[Json], answer["services"])
        if not found or found[0]["status"] == "INACTIVE":
            what = f"ECS has no service {where.service} in {where.cluster} ({where.region})."
            raise BackendError(Fault.NOT_FOUND, what, "Check the catalog; `muster check` finds such names.")
        return found[0]

    async def _bounds(self, service: Service) -> tuple[int | None, int | None]:
        """The autoscaler's minimum and maximum, or (None, None)."""
        where = _target(service)
        if not where.autoscaling:
            return None, None
        answer = await self._clients.call(
            "application-autoscaling",
            where.region,
            where.role_arn,
            "describe_scalable_targets",
            ServiceNamespace="ecs",
            ResourceIds=[_resource(where)],
        )
        targets = cast(list[Json], answer["ScalableTargets"])
        return (int(targets[0]["MinCapacity"]), int(targets[0]["MaxCapacity"])) if targets else (None, None)

    async def _failures(self, service: Service, since: datetime) -> list[str]:
        """Why tasks stopped since the change, newest first."""
        where = _target(service)
        listed = await self._clients.call(
            "ecs",
            where.region,
            where.role_arn,
            "list_tasks",
            cluster=where.cluster,
            serviceName=where.service,
            desiredStatus="STOPPED",
        )
        arns = cast(list[str], listed["taskArns"])[:50]
        if not arns:
            return []
        found = await self._clients.call(
            "ecs", where.region, where.role_arn, "describe_tasks", cluster=where.cluster, tasks=arns
        )
        return [
            why
            for task in cast(list[Json], found["tasks"])
            if cast(datetime, task.get("createdAt", since)) >= since and (why := _why_stopped(task))
        ]

    async def _failed_deployment(self, service: Service, seen: Json, since: datetime) -> str:
        """A deployment since the change that failed and is gone from `deployments` (rolled back)."""
        if any(one.get("rolloutState") == "IN_PROGRESS" for one in seen["deployments"]):
            return ""
        where = _target(service)
        listed = await self._clients.call(
            "ecs",
            where.region,
            where.role_arn,
            "list_service_deployments",
            cluster=where.cluster,
            service=where.service,
            maxResults=5,
        )
        for one in cast(list[Json], listed["serviceDeployments"]):
            started = cast(datetime, one.get("createdAt") or since)
            if started >= since - timedelta(seconds=1) and "ROLLBACK" in str(one["status"]):
                return str(one.get("statusReason") or "The circuit breaker rolled it back.")
        return ""


def _target(service: Service) -> EcsTarget:
    assert isinstance(service.target, EcsTarget)
    return service.target


def _resource(where: EcsTarget) -> str:
    return f"service/{where.cluster}/{where.service}"


def _short(arn: str) -> str:
    """`family:42` of a task definition's ARN."""
    return arn.rsplit("/", 1)[-1]


def _fingerprint(seen: Json, bounds: tuple[int | None, int | None]) -> str:
    return fingerprint(
        {
            "desired": int(seen["desiredCount"]),
            "task_definition": _short(str(seen["taskDefinition"])),
            "min": bounds[0],
            "max": bounds[1],
        }
    )


def _update(service: Service, says: str, **params: Any) -> Step:
    where = _target(service)
    return Step(
        call="ecs:UpdateService",
        params={"cluster": where.cluster, "service": where.service, **params},
        says=says,
    )


def _in_flight(seen: Json) -> tuple[Caution, ...]:
    rolling = [one for one in seen["deployments"] if one.get("rolloutState") == "IN_PROGRESS"]
    if not rolling:
        return ()
    text = f"A deployment of {_short(str(rolling[0]['taskDefinition']))} is under way."
    return (Caution(level="warn", code="in-flight", text=text),)


def _scale(service: Service, change: Scale, seen: Json, bounds: tuple[int | None, int | None]) -> Plan:
    before = int(seen["desiredCount"])
    after = resolved(service, change.desired, before)
    steps = (
        ()
        if after == before
        else (_update(service, f"Set the desired count to {after}", desiredCount=after),)
    )
    return Plan(
        service=service.id,
        change=Scale.model_validate({"desired": {"how": "to", "n": after}}),
        deltas=(Delta(what="desired count", before=str(before), after=str(after)),),
        steps=steps,
        cautions=(*limit_cautions(service, after), *range_cautions(after, *bounds), *_in_flight(seen)),
        tier=tier_of(before, after),
        direction=direction_of(before, after),
        size=abs(after - before),
        fingerprint=_fingerprint(seen, bounds),
        goal={"desired": after},
        inverse=Scale.model_validate({"desired": {"how": "to", "n": before}}) if steps else None,
        undo=f"Sets the desired count back to {before}.",
    )


def _bound(service: Service, change: Bounds, seen: Json, bounds: tuple[int | None, int | None]) -> Plan:
    least, most = bounds
    if least is None or most is None:
        raise Refused(
            f"{service.id} has no autoscaler.", f"Type a count: /scale {service.id} {seen['desiredCount']}"
        )
    new = (least if change.min is None else change.min, most if change.max is None else change.max)
    if new[0] > new[1]:
        raise Refused(f"min={new[0]} would be over max={new[1]}.", f"It is {least} to {most} now; give both.")
    params: dict[str, Any] = {
        "ServiceNamespace": "ecs",
        "ResourceId": _resource(_target(service)),
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": new[0],
        "MaxCapacity": new[1],
    }
    step = Step(
        call="application-autoscaling:RegisterScalableTarget",
        params=params,
        says=f"Keep {new[0]} to {new[1]}",
    )
    deltas = tuple(
        Delta(what=what, before=str(was), after=str(now))
        for what, was, now in (("minimum", least, new[0]), ("maximum", most, new[1]))
        if was != now
    )
    return Plan(
        service=service.id,
        change=Bounds(min=new[0], max=new[1]),
        deltas=deltas or (Delta(what="bounds", before=f"{least}–{most}", after=f"{least}–{most}"),),
        steps=(step,) if deltas else (),
        cautions=tuple(one for count in dict.fromkeys(new) for one in limit_cautions(service, count)),
        tier=RiskTier.R2,
        direction=Direction.UP if new >= bounds else Direction.DOWN,
        size=abs(new[1] - most) + abs(new[0] - least),
        fingerprint=_fingerprint(seen, bounds),
        goal={"min": new[0], "max": new[1]},
        inverse=Bounds(min=least, max=most) if deltas else None,
        undo=f"Sets the bounds back to {least} to {most}.",
    )


def _restart(service: Service, change: Restart, seen: Json, bounds: tuple[int | None, int | None]) -> Plan:
    if change.hard:
        raise Refused("ECS has no hard restart.", f"Type /restart {service.id}")
    running, version = int(seen["runningCount"]), _short(str(seen["taskDefinition"]))
    note = Caution(
        level="note", code="same-version", text=f"Tasks start again from {version}; it deploys nothing new."
    )
    return Plan(
        service=service.id,
        change=change,
        deltas=(Delta(what="tasks", before=f"{running} running", after=f"{seen['desiredCount']} fresh"),),
        steps=(_update(service, "Start a new deployment of the same version", forceNewDeployment=True),),
        cautions=(*_in_flight(seen), note),
        tier=RiskTier.R1,
        size=running,
        fingerprint=_fingerprint(seen, bounds),
        goal={"desired": int(seen["desiredCount"]), "task_definition": version, "deployment": True},
        undo="A restart cannot be undone; the old tasks are gone.",
    )


def _rollback(
    service: Service,
    change: Rollback,
    seen: Json,
    bounds: tuple[int | None, int | None],
    versions: tuple[Version, ...],
) -> Plan:
    current = _short(str(seen["taskDefinition"]))
    wanted = _wanted(service, change, current, versions)
    never = Caution(level="warn", code="never-ran", text=f"{wanted.id} was never deployed to {service.id}.")
    cautions = (*_in_flight(seen), *(() if wanted.has_run else (never,)))
    return Plan(
        service=service.id,
        change=Rollback(version=wanted.id),
        deltas=(Delta(what="task definition", before=current, after=wanted.id),),
        steps=()
        if wanted.id == current
        else (_update(service, f"Deploy {wanted.id}", taskDefinition=wanted.id),),
        cautions=cautions,
        tier=RiskTier.R2,
        size=int(seen["desiredCount"]),
        fingerprint=_fingerprint(seen, bounds),
        goal={"desired": int(seen["desiredCount"]), "task_definition": wanted.id, "deployment": True},
        inverse=Rollback(version=current) if wanted.id != current else None,
        undo=f"Deploys {current} again.",
    )


def _wanted(service: Service, change: Rollback, current: str, versions: tuple[Version, ...]) -> Version:
    """The version named, else the newest that ran before this one. Raises Refused."""
    ran = [one for one in versions if one.has_run and one.id != current]
    if change.version is None:
        if not ran:
            raise Refused(f"{service.id} has run nothing but {current}.", "Name a version: see /history.")
        return ran[0]
    family = current.rsplit(":", 1)[0]
    name = change.version if ":" in change.version else f"{family}:{change.version}"
    known = next((one for one in versions if one.id == name), None)
    if known is not None:
        return known
    if name.rsplit(":", 1)[0] != family:
        choice = ", ".join(f"`{one.id}`" for one in ran[:5])
        raise Refused(f"`{change.version}` is not a version of {service.id}.", f"It ran {choice}.")
    return Version(id=name, has_run=False)


def _versions(seen: Json, deployments: list[Json], revisions: list[Json]) -> tuple[Version, ...]:
    current = _short(str(seen["taskDefinition"]))
    by_arn = {str(one["serviceRevisionArn"]): one for one in revisions}
    found: dict[str, Version] = {}
    for deployment in deployments:
        revision = by_arn.get(str(deployment["targetServiceRevisionArn"]))
        if revision is None:
            continue
        id = _short(str(revision["taskDefinition"]))
        images = [str(one.get("image", "")) for one in revision.get("containerImages", [])]
        label = images[0].rsplit("/", 1)[-1] if images else ""
        failed = "SUCCESSFUL" not in str(deployment["status"]) or "ROLLBACK" in str(deployment["status"])
        note = "failed and was rolled back" if failed and id != current else ""
        at = cast(datetime | None, deployment.get("finishedAt") or deployment.get("createdAt"))
        known = Version(
            id=id,
            label=label,
            at=at.isoformat() if at else "",
            is_current=id == current,
            note=note,
            has_run=not (failed and id != current),
        )
        found.setdefault(id, known)
    found.setdefault(current, Version(id=current, is_current=True))
    return tuple(sorted(found.values(), key=lambda one: not one.is_current))


def _why_stopped(task: Json) -> str:
    """The reason a task stopped by itself; empty for one that scaling or a rollout stopped."""
    if str(task.get("stopCode", "")) in {"ServiceSchedulerInitiated", "UserInitiated"}:
        return ""
    parts = [str(task.get("stoppedReason") or "")]
    for container in cast(list[Json], task.get("containers", [])):
        code, reason = container.get("exitCode"), container.get("reason")
        if code not in (None, 0) or reason:
            oom = " (out of memory)" if "OutOfMemory" in str(reason) or code == 137 else ""
            parts.append(f"{container.get('name')}: exit code {code}{oom} {reason or ''}".strip())
    return "; ".join(part for part in parts if part)


def _progress(seen: Json, plan: Plan, failures: list[str], rolled_back: str) -> Progress:
    """What DescribeServices says, held against the plan's goal."""
    if "min" in plan.goal:
        return Progress(ok=True, last_event="The bounds are set.")
    primary = next(one for one in seen["deployments"] if one["status"] == "PRIMARY")
    events = cast(list[Json], seen.get("events", []))
    goal = cast(dict[str, Any], plan.goal)
    rolls = bool(goal.get("deployment"))
    running = int(primary["runningCount"]) if rolls else int(seen["runningCount"])
    progress = Progress(
        wanted=int(goal["desired"]),
        running=running,
        starting=int(primary["pendingCount"]) if rolls else int(seen["pendingCount"]),
        failed=max(int(primary.get("failedTasks", 0)), len(failures) if rolls else 0),
        last_event=str(events[0]["message"]) if events else "",
        why=failures[0] if failures else "",
    )
    return progress.model_copy(update=_end(seen, primary, goal, rolled_back, progress))


def _end(
    seen: Json, primary: Json, goal: dict[str, Any], rolled_back: str, progress: Progress
) -> dict[str, Any]:
    """`ok` and `why` once nothing more will happen; nothing while it goes on."""
    detail = f" {progress.why}" if progress.why else ""
    wanted, current = goal.get("task_definition"), _short(str(seen["taskDefinition"]))
    if rolled_back and goal.get("deployment"):
        return {"ok": False, "why": f"ECS rolled it back: {rolled_back}{detail}"}
    if primary.get("rolloutState") == "FAILED":
        return {
            "ok": False,
            "why": f"{primary.get('rolloutStateReason') or 'The deployment failed.'}{detail}",
        }
    if wanted and current != wanted:
        return {"ok": False, "why": f"Someone else deployed {current} meanwhile.{detail}"}
    if not goal.get("deployment") and int(seen["desiredCount"]) != goal["desired"]:
        return {"ok": False, "why": f"Something else set the desired count to {seen['desiredCount']}."}
    is_there = progress.running == progress.wanted and int(seen["pendingCount"]) == 0
    is_alone = len(seen["deployments"]) == 1 and int(seen["runningCount"]) == progress.wanted
    if is_there and is_alone and primary.get("rolloutState", "COMPLETED") == "COMPLETED":
        return {"ok": True, "why": ""}
    return {}


def _signs(seen: Json) -> tuple[Sign, ...]:
    running, desired, pending = (int(seen[name]) for name in ("runningCount", "desiredCount", "pendingCount"))
    verdict = Verdict.OK if running >= desired else Verdict.DEGRADED
    if desired > 0 and running == 0:
        verdict = Verdict.DOWN
    why = "" if verdict is Verdict.OK else f"{running} of {desired} tasks run"
    value = f"{running} of {desired} running" + (f", {pending} starting" if pending else "")
    signs = [Sign(name="tasks", value=value, verdict=verdict, why=why, number=running)]
    for one in cast(list[Json], seen["deployments"]):
        state = str(one.get("rolloutState", ""))
        bad = state == "FAILED"
        reason = str(one.get("rolloutStateReason", "")) if bad else ""
        name = f"deployment {_short(str(one['taskDefinition']))}"
        sign = Verdict.DEGRADED if bad else Verdict.OK
        signs.append(Sign(name=name, value=state.lower().replace("_", " "), verdict=sign, why=reason))
    return tuple(signs)
