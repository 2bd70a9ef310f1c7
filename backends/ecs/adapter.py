"""The backend of kind `ecs`: reads, plans, applies and watches."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Self, cast

from backends.aws import AwsBackend
from backends.aws_owners import tags_of, with_owner
from backends.aws_scaling import LOOKS
from backends.ecs.activities import activities_of
from backends.ecs.blue_green import GOES_BACK, STOP, is_under_way, stage_progress, strategy_of
from backends.ecs.health import signs_of, versions_of
from backends.ecs.plans import (
    Snapshot,
    absent,
    named_version,
    plan_bounds,
    plan_by_number,
    plan_restart,
    plan_rollback,
    plan_scale,
    plan_stop,
    ran,
)
from backends.ecs.poller import ServicePoller
from backends.ecs.progress import Observation, failing, is_settled, progress_of, unable, why_stopped
from backends.ecs.reads import EcsReads
from backends.ecs.revisions import (
    REGISTER,
    changed,
    container_of,
    is_same,
    plan_deploy,
    plan_memory,
    repository_of,
)
from backends.ecs.target import EcsTarget, Json, short
from backends.shared import Shared
from model.catalog.schema import Service
from model.changes import Deploy, Memory
from model.health import Health, worst
from model.images import is_digest
from model.plan import CapacityBounds, Change, Plan, Progress, Restart, Rollback, Scale, Step, Version
from model.ports.backend import BackendError, Fault, Grant
from model.query_result import Activity
from model.refusal import Refused
from model.slash import slash

SKEW = timedelta(seconds=5)
"""How far AWS's clock and ours may be apart when we ask what happened since a call."""
FRESH = timedelta(seconds=20)
"""For how long after a call ECS may still show what was before it: its reads are eventually consistent."""
RECENT = timedelta(hours=1)
"""How far back health looks for tasks that stopped by themselves; ECS forgets them about then."""

_OPERATIONS = {
    "ecs:UpdateService": ("ecs", "update_service"),
    STOP: ("ecs", "stop_service_deployment"),
    "application-autoscaling:RegisterScalableTarget": ("application-autoscaling", "register_scalable_target"),
}


class Ecs(AwsBackend):
    """Changes with UpdateService and RegisterScalableTarget. poll_s: seconds between two looks.

    check_s: how often Application Auto Scaling's alarms look, in seconds.
    """

    kind = "ecs"
    target = EcsTarget
    check_s = 60.0

    @classmethod
    def build(cls, shared: Shared) -> Self:
        """One for all its targets, told how often their autoscalers look."""
        made = super().build(shared)
        made.check_s = shared.settings.scaling_check_s
        return made

    @cached_property
    def _reads(self) -> EcsReads:
        return EcsReads(self._clients)

    @cached_property
    def _poller(self) -> ServicePoller:
        return ServicePoller(self._reads, self._poll_s, self._sleep)

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """IAM actions; ListTasks and DescribeTaskDefinition are not granted by resource.

        PassRole is what ECS checks when a task definition names roles.
        """
        target = EcsTarget.of(service)
        own, its = f"{target.cluster}/{target.service}", "application-autoscaling"
        on_service = ("ecs:DescribeServices", "ecs:ListServiceDeployments", "ecs:UpdateService")
        granted = [
            Grant(on_service, (target.arn(f"service/{own}"),)),
            Grant(("ecs:DescribeServiceRevisions",), (target.arn(f"service-revision/{own}/*"),)),
            Grant(("ecs:DescribeServiceDeployments", STOP), (target.arn(f"service-deployment/{own}/*"),)),
            Grant(("ecs:DescribeTasks",), (target.arn(f"task/{target.cluster}/*"),)),
            # to register one with its tags is to tag it
            Grant((REGISTER, "ecs:TagResource"), (target.arn(f"task-definition/{target.family}:*"),)),
            Grant(("ecr:DescribeImages",), (target.arn(f"repository/{target.repository}", "ecr"),)),
            Grant(("ecs:DescribeTaskDefinition", "ecs:ListTasks")),
        ]
        targets = (target.arn("scalable-target/*", its),)
        granted += [Grant((f"{its}:RegisterScalableTarget",), targets), LOOKS]
        granted.append(Grant((f"{its}:DescribeScalingActivities",)))
        if target.roles:
            roles = tuple(f"arn:aws:iam::{target.account}:role/{name}" for name in target.roles)
            granted.append(Grant(("iam:PassRole",), roles))
        return tuple(granted)

    async def reach(self, service: Service) -> None:
        """DescribeServices answers and knows it. Raises BackendError."""
        await self._reads.service(EcsTarget.of(service))

    async def close(self) -> None:
        """Stop looking, give back connections."""
        await self._poller.close()
        await super().close()

    def accepts(self, change: Change) -> bool:
        """Counts, bounds, restarts, rollbacks, images and sizes."""
        return isinstance(change, Scale | CapacityBounds | Restart | Rollback | Deploy | Memory)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Read the service and its bounds, and say what would change. Raises BackendError, Refused."""
        seen = await self._see(service)
        plan = await self._planned(service, change, seen)
        tags = cast(list[Json], seen.service.get("tags") or [])
        return with_owner(plan, tags_of(tags, "key", "value"))

    async def _planned(self, service: Service, change: Change, seen: Snapshot) -> Plan:
        match change:
            case Scale():
                return plan_scale(service, change, seen)
            case CapacityBounds():
                return plan_bounds(service, change, seen)
            case Restart():
                return plan_restart(service, change, seen)
            case Rollback():
                return await self._plan_rollback(service, change, seen)
            case Deploy() | Memory():
                return await self._plan_revision(service, change, seen)
            case _:
                raise Refused(
                    f"{service.id} has no {change.kind}.", f"Look with {slash('health')} {service.id}."
                )

    async def fingerprint(self, service: Service) -> str:
        """Of desired count, task definition and bounds."""
        return (await self._see(service)).fingerprint

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call. Raises BackendError."""
        target, params = EcsTarget.of(service), cast(dict[str, Any], step.params)
        if step.call == REGISTER:
            if await self._registered(target, params) is None:
                await self._register(target, params)
            return
        if "like" in params:
            found = await self._registered(target, params["like"])
            if found is None:
                what = "The task definition that was registered is no longer the newest of its family."
                raise BackendError(Fault.CONFLICT, what, "Type the command again for a fresh plan.")
            params = {**{key: params[key] for key in ("cluster", "service")}, "taskDefinition": found}
        api, operation = _OPERATIONS[step.call]
        await self._api(api).change(target, operation, **params)

    async def _register(self, target: EcsTarget, params: dict[str, Any]) -> None:
        request = changed(await self._definition(target, params["from"]), params)
        await self._api("ecs").change(target, "register_task_definition", **request)

    async def _registered(self, target: EcsTarget, params: dict[str, Any]) -> str | None:
        """The newest revision of the family, if it is what a step registers; else None."""
        request = changed(await self._definition(target, params["from"]), params)
        newest = await self._definition(target, str(params["from"]).partition(":")[0])
        found = f"{newest['family']}:{newest['revision']}"
        return found if found != params["from"] and is_same(newest, request) else None

    async def _definition(self, target: EcsTarget, name: str) -> Json:
        found = await self._reads.definition(target, name)
        if found is None:
            what = f"There is no task definition {name}."
            raise BackendError(Fault.NOT_FOUND, what, "Check the names in the catalog.")
        return found

    async def _plan_revision(self, service: Service, change: Deploy | Memory, seen: Snapshot) -> Plan:
        """Raises BackendError, Refused."""
        target = EcsTarget.of(service)
        definition = await self._definition(target, seen.version)
        if isinstance(change, Memory):
            return plan_memory(service, change, seen, definition)
        lies_in = repository_of(str(container_of(service, definition)["image"]))
        tags = await self._reads.tags(target, *lies_in) if lies_in else None
        is_there = None
        if lies_in and is_digest(change.version):
            is_there = await self._reads.has_digest(target, *lies_in, change.version)
        return plan_deploy(service, change, seen, definition, tags, has_digest=is_there)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """A deployment since then of what was asked for, or the count or bounds that were asked for.

        A count that was set and then moved again (by the autoscaler) looks as if it was never set.
        """
        target, params = EcsTarget.of(service), cast(dict[str, Any], step.params)
        if step.call == REGISTER:
            return await self._registered(target, params) is not None
        if "like" in params:
            params = {"taskDefinition": await self._registered(target, params["like"])}
        if "MinCapacity" in params:
            return await self._reads.bounds(target) == (params["MinCapacity"], params["MaxCapacity"])
        if "desiredCount" in params:
            return (await self._reads.service(target))["desiredCount"] == params["desiredCount"]
        if step.call == STOP:
            record = await self._reads.stage(target, str(params["serviceDeploymentArn"]))
            return record is not None and str(record["status"]) in GOES_BACK
        seen = await self._reads.service(target)
        wanted = str(params.get("taskDefinition") or short(seen["taskDefinition"]))
        newer = [one for one in seen["deployments"] if _is_since(one, since)]
        if any(short(one["taskDefinition"]) == wanted for one in newer):
            return True
        deployed = await self._reads.deployed(target)
        since_then = [one for one in deployed if _is_since(one, since)]
        return any(short(one["revision"]["taskDefinition"]) == wanted for one in since_then)

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Look until the deployment is through and the count is there, or it fails. Raises BackendError."""
        if "min" in plan.goal:
            yield await self._bounds_progress(service, plan)
            return
        if "like" in plan.goal:
            like = cast(dict[str, Any], plan.goal["like"])
            found = await self._registered(EcsTarget.of(service), like)
            goal = {"task_definition": found or like["from"], "not": plan.goal["not"]}
            plan = plan.model_copy(update={"goal": goal})
        last, newest, stopped = Progress(), None, list[str]()
        while not last.is_over:
            seen = await self._poller.see(EcsTarget.of(service))
            if (marker := _marker(seen)) != newest:
                newest, stopped = marker, await self._failures(EcsTarget.of(service), since - SKEW)
            if (record := await self._record(service, plan, seen, since)) is not None:
                progress = stage_progress(plan, seen, record, failing(stopped))
                if progress != last:
                    yield progress
                last = progress
                continue
            taken_back = await self._taken_back(service, plan, seen, since)
            is_fresh = self._clock() < since + FRESH
            watched_s = (self._clock() - since).total_seconds()
            look = Observation(seen, stopped, taken_back, unable(seen, since - SKEW), is_fresh, watched_s)
            progress = progress_of(plan, look)
            if progress != last:
                yield progress
            last = progress

    async def health(self, service: Service) -> Health:
        """Tasks against desired, deployments, stopped tasks. Raises BackendError."""
        target = EcsTarget.of(service)
        seen, stopped = await asyncio.gather(
            self._see(service), self._failures(target, self._clock() - RECENT)
        )
        signs = signs_of(seen.service, seen.bounds, stopped)
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    async def versions(self, service: Service) -> tuple[Version, ...]:
        """Task definitions the service deployed in the last 90 days, the running one first."""
        target = EcsTarget.of(service)
        seen, deployed = await asyncio.gather(self._reads.service(target), self._reads.deployed(target))
        return versions_of(seen, deployed)

    async def activities(self, service: Service) -> tuple[Activity, ...]:
        """What its autoscaler did in the last six weeks, and what ECS says of it. Raises BackendError."""
        target = EcsTarget.of(service)
        seen, scaling = await asyncio.gather(self._reads.service(target), self._reads.scaled(target))
        return activities_of(seen, scaling)

    async def _see(self, service: Service) -> Snapshot:
        target = EcsTarget.of(service)
        read = await asyncio.gather(self._reads.service(target), self._reads.autoscaling(target))
        return Snapshot(*read, self.check_s)

    async def _plan_rollback(self, service: Service, change: Rollback, seen: Snapshot) -> Plan:
        """Only to a version that is registered and active. Raises BackendError, Refused."""
        target = EcsTarget.of(service)
        versions = versions_of(seen.service, await self._reads.deployed(target))
        if change.version is None and not ran(seen, versions):
            earlier = await self._reads.earlier(target, seen.version)
            if earlier:
                return plan_by_number(service, seen, earlier)
        wanted = named_version(service, change.version, seen, versions)
        definition = await self._reads.definition(target, wanted.id)
        if definition is None or definition.get("status") != "ACTIVE":
            status = "" if definition is None else str(definition.get("status"))
            raise absent(service, wanted, status, seen, versions)
        record = await self._reads.deployment(target) if strategy_of(seen.service) else None
        if (
            record is not None
            and is_under_way(record)
            and await self._reads.ran_before(target, record) == wanted.id
        ):
            return plan_stop(service, seen, wanted, record)
        return plan_rollback(service, seen, wanted)

    async def _bounds_progress(self, service: Service, plan: Plan) -> Progress:
        least, most = await self._reads.bounds(EcsTarget.of(service))
        if (least, most) == (plan.goal["min"], plan.goal["max"]):
            return Progress(ok=True, last_event=f"The autoscaler keeps {least} to {most}.")
        return Progress(ok=False, why=f"Something else set the bounds to {least} to {most}.")

    async def _failures(self, target: EcsTarget, since: datetime) -> list[str]:
        """Why tasks stopped by themselves, of those created since then; the latest first."""
        return [why for task in await self._reads.stopped(target, since) if (why := why_stopped(task))]

    async def _record(self, service: Service, plan: Plan, seen: Json, since: datetime) -> Json | None:
        """The service deployment that a change made, or stops, where traffic is shifted; else None."""
        if "task_definition" not in plan.goal or not strategy_of(seen):
            return None
        if stops := plan.goal.get("stops"):
            return await self._reads.stage(EcsTarget.of(service), str(stops))
        return await self._reads.deployment(EcsTarget.of(service), since - SKEW)

    async def _taken_back(self, service: Service, plan: Plan, seen: Json, since: datetime) -> str:
        """Why ECS rolled this deployment back, once it has; asked only when nothing is under way."""
        if "task_definition" not in plan.goal or not is_settled(seen):
            return ""
        return await self._reads.rolled_back(EcsTarget.of(service), since - SKEW)


def _is_since(deployment: Json, since: datetime) -> bool:
    return cast(datetime, deployment["createdAt"]) >= since - SKEW


def _marker(seen: Json) -> object:
    """Changes whenever something happened that a stopped task may explain."""
    events = cast(list[Json], seen.get("events") or [])
    failed = [int(one.get("failedTasks", 0)) for one in seen["deployments"]]
    return (events[0]["id"] if events else "", failed)
