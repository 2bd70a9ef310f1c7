"""The backend of kind `kubernetes`: reads, plans, applies and watches."""

import asyncio
import math
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import datetime, timedelta
from typing import cast

from backends.aws_clients import AwsClients
from backends.kubernetes.api import KubernetesApi
from backends.kubernetes.container import chosen, plan_configure, plan_deploy, told
from backends.kubernetes.evidence import SAVE, Evidence, evidence_grants
from backends.kubernetes.hard import plan_hard_restart
from backends.kubernetes.health import signs_of, versions_of, warning_sign
from backends.kubernetes.kinds import DAEMONSET, DEPLOYMENT, ROLLOUT, as_holder, numbered, uniform
from backends.kubernetes.log_lines import found, matcher
from backends.kubernetes.owners import found_owner
from backends.kubernetes.plans import Snapshot, plan_bounds, plan_restart, plan_scale, waits_for_each
from backends.kubernetes.pods import all_logs, usage, used
from backends.kubernetes.progress import Observation, progress_of, why_failing
from backends.kubernetes.promotion import plan_promote
from backends.kubernetes.rollback import plan_rollback
from backends.kubernetes.rollout_progress import rollout_progress
from backends.kubernetes.rollouts import is_rollout
from backends.kubernetes.scalers import Scaling, scaling_of
from backends.kubernetes.steps import KubernetesSteps
from backends.kubernetes.target import Json, KubernetesTarget, entries, part, target_of
from backends.watching import until_over
from model.catalog.schema import Service
from model.changes import Configure, Deploy, Promote, SaveLogs
from model.health import Check, Health, worst
from model.images import name_of
from model.plan import CapacityBounds, Change, Plan, Progress, Restart, Rollback, Scale, Step, Version
from model.ports.backend import BackendError, Fault, Grant
from model.ports.images import Images, Looked, NotAsked
from model.queries import ConfigQuery, LogsQuery, MetricsQuery, Query
from model.query_result import QueryResult
from model.refusal import Refused
from model.secrets import Prints, fingerprints_with
from model.slash import slash
from model.window import check_window

LONGEST = timedelta(days=2)
"""How far back pods' logs are looked at; the cluster keeps them no longer than the pods."""


class Kubernetes:
    """Changes by patch, on the version that was read.

    poll_s: the longest time between two looks. sync_s: how often the cluster's autoscalers look.
    """

    kind = "kubernetes"
    target = KubernetesTarget

    def __init__(
        self,
        connect: Callable[[str], KubernetesApi],
        clock: Callable[[], datetime],
        poll_s: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clients: AwsClients | None = None,
        fingerprint_of: Prints | None = None,
        sync_s: float = 15.0,
        hard_restarts: bool = True,
        images: Images | None = None,
    ) -> None:
        self._connect, self._clock, self._poll_s, self._sleep = connect, clock, poll_s, sleep
        self._sync_s, self._hard_restarts = sync_s, hard_restarts
        self._images = images
        self._clients = clients or AwsClients(None)
        self._fingerprint_of = fingerprint_of or fingerprints_with(secrets.token_bytes(32))
        self._apis: dict[str, KubernetesApi] = {}

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """RBAC rules, `group/resource:verb`. Create and delete are for hard restarts alone."""
        target = target_of(service)
        of, is_hard = target.of, target.of is DEPLOYMENT and self._hard_restarts
        verbs = ("get", "patch", "watch", *(("delete",) if is_hard else ()))
        whole = f"{of.group}/{of.plural}"
        scale = () if of is DAEMONSET else (f"{whole}/scale:get", f"{whole}/scale:patch")
        status = (f"{whole}/status:patch",) if of is ROLLOUT else ()
        own = (*(f"{whole}:{verb}" for verb in verbs), *scale, *status)
        plain = (
            *(("apps/deployments:create",) if is_hard else ()),
            f"apps/{of.holders}:get",
            f"apps/{of.holders}:list",
            "autoscaling/horizontalpodautoscalers:get",
            "autoscaling/horizontalpodautoscalers:list",
            "autoscaling/horizontalpodautoscalers:patch",
            "core/events:list",
            "core/pods:list",
            "core/pods/log:get",
            "keda.sh/scaledobjects:get",
            "keda.sh/scaledobjects:list",
            "keda.sh/scaledobjects:patch",
            "metrics.k8s.io/pods:list",
        )
        ours = Grant(own, (target.namespace,), (target.name,))
        argo = Grant(("argoproj.io/applications:get",), (target.argocd_namespace,))
        more = (argo,) if target.argocd_namespace else ()
        return (ours, Grant(plain, (target.namespace,)), *more, *evidence_grants(target))

    async def reach(self, service: Service) -> None:
        """The deployment is there. Raises BackendError."""
        await self._deployment(service)

    async def close(self) -> None:
        """Give back connections."""
        for api in self._apis.values():
            await api.close()
        if self._images is not None:
            await self._images.close()

    def accepts(self, change: Change) -> bool:
        """Counts, bounds, restarts, rollbacks, images, variables, promotions and logs that are kept."""
        kinds = Scale | CapacityBounds | Restart | Rollback | Deploy | Configure | SaveLogs | Promote
        return isinstance(change, kinds)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Read the deployment and its autoscaler, and say what would change. Raises BackendError, Refused."""
        if isinstance(change, SaveLogs):
            return await self._evidence(service).plan(service, change, await self.fingerprint(service))
        seen = await self._see(service)
        return await self._owned(service, seen, await self._planned(service, change, seen))

    async def _planned(self, service: Service, change: Change, seen: Snapshot) -> Plan:
        if isinstance(change, Scale | CapacityBounds) and target_of(service).of is DAEMONSET:
            raise Refused(
                f"{service.id} is a DaemonSet: it runs once on each node, so it has no count.",
                f"To replace its pods, type {slash('restart')} {service.id}",
            )
        match change:
            case Deploy():
                return plan_deploy(service, change, seen, await self._looked(service, change, seen))
            case Configure():
                return plan_configure(service, change, seen)
            case Promote():
                return plan_promote(service, change, seen)
            case Scale():
                return plan_scale(service, change, seen)
            case CapacityBounds():
                return plan_bounds(service, change, seen)
            case Restart(hard=True):
                return await self._plan_hard(service, seen)
            case Restart():
                return plan_restart(service, seen, self._clock())
            case Rollback():
                return plan_rollback(service, change, seen, seen.holders, await self._stuck(service, seen))
            case _:
                raise Refused(
                    f"{service.id} has no {change.kind}.", f"Look with {slash('health')} {service.id}."
                )

    async def _looked(self, service: Service, change: Deploy, seen: Snapshot) -> Looked:
        """What the registry has of the image at that version, where it may be asked. Raises Refused."""
        image = name_of(str(chosen(service, seen.item)["image"]))
        if self._images is None or image is None or change.as_written:
            return NotAsked("")
        return await self._images.look(image, change.version)

    async def fingerprint(self, service: Service) -> str:
        """Of replicas, pod template and bounds."""
        return (await self._see(service)).fingerprint

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call, on what the plan was made for. Raises BackendError."""
        if step.call == SAVE:
            item = await self._deployment(service)
            pods = await self._pods(service, item)
            lines, _ = await all_logs(self._api(service), target_of(service), pods, None)
            await self._evidence(service).put(step, lines)
            return
        await KubernetesSteps(self._api(service), self._sleep).make(step)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """What the call sets is compared with what is there."""
        if step.call == SAVE:
            return await self._evidence(service).has(step)
        return await KubernetesSteps(self._api(service), self._sleep).was_made(step)

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until the rollout is complete, is past its deadline, or someone else changed it."""
        if "saved" in plan.goal:
            yield await self._evidence(service).progress(plan)
            return
        if "bounds" in plan.goal:
            yield await self._bounds_progress(service, plan)
            return
        item: Json = {}

        async def look() -> Progress:
            nonlocal item
            item = await self._deployment(service)
            pods = await self._pods(service, item)
            of = rollout_progress if is_rollout(item) else progress_of
            return of(plan, Observation(item, pods, since, self._clock()))

        async for progress in until_over(look, lambda: self._next(service, item)):
            yield progress

    async def health(self, service: Service) -> Health:
        """Pods and why they fail, rollout, version, autoscaler, last warning. Raises BackendError."""
        item, holders = await self._numbered(service)
        pods, scaling, warnings = await asyncio.gather(
            self._pods(service, item), self._scaling(service), self._warnings(service)
        )
        signs = (*signs_of(service.id, item, pods, scaling.scaler, holders), *warnings)
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    def offers(self, service: Service, kind: str) -> tuple[str, ...]:
        """Logs of its pods, and what they use."""
        return {"logs": ("",), "metrics": ("", "cpu", "memory"), "config": ("",)}.get(kind, ())

    async def answer(self, service: Service, question: Query, now: datetime) -> QueryResult:
        """Lines of every container, or what every pod uses. Raises BackendError, Refused."""
        target, api = target_of(service), self._api(service)
        item = await self._deployment(service)
        if isinstance(question, ConfigQuery):
            return told(service, item, self._fingerprint_of)
        pods = await self._pods(service, item)
        if isinstance(question, LogsQuery):
            matcher(question.pattern)
            check_window(question.since, question.until, now, LONGEST)
            since_s = max(1, math.ceil((now - question.since).total_seconds()))
            lines, is_cut = await all_logs(api, target, pods, since_s)
            return found(lines, question, len(pods), is_cut)
        assert isinstance(question, MetricsQuery)
        return usage(await used(api, target, _selector(item)), pods, question.name)

    def _evidence(self, service: Service) -> Evidence:
        return Evidence(self._clients, target_of(service), self._clock)

    async def versions(self, service: Service) -> tuple[Version, ...]:
        """Revisions whose ReplicaSet is kept, the running one first. Raises BackendError."""
        item, holders = await self._numbered(service)
        return versions_of(item, holders, target_of(service).container)

    def _api(self, service: Service) -> KubernetesApi:
        cluster = target_of(service).cluster
        if cluster not in self._apis:
            self._apis[cluster] = self._connect(cluster)
        return self._apis[cluster]

    async def _deployment(self, service: Service) -> Json:
        item = await self._api(service).get(target_of(service).path)
        if is_rollout(item) and "template" not in item["spec"]:
            other = part(item, "spec", "workloadRef")
            what = f"{service.id} takes its pods from {other.get('kind')} {other.get('name')} (workloadRef)."
            raise BackendError(Fault.INVALID, what, "Muster handles a Rollout that has its own template.")
        return uniform(item)

    async def _numbered(self, service: Service) -> tuple[Json, list[Json]]:
        """The workload with its revision's number, and what keeps its revisions."""
        item = await self._deployment(service)
        holders = await self._sets(service, item)
        return numbered(item, holders), holders

    async def _see(self, service: Service) -> Snapshot:
        (item, holders), scaling = await asyncio.gather(self._numbered(service), self._scaling(service))
        return Snapshot(item, scaling, self._sync_s, tuple(holders))

    async def _scaling(self, service: Service) -> Scaling:
        return await scaling_of(self._api(service), target_of(service))

    async def _owned(self, service: Service, seen: Snapshot, plan: Plan) -> Plan:
        """The plan with what the owner of the changed object will do about it.

        A stamp on the pod template is in nobody's manifest, nor is a Rollout's pause: nobody puts them back.
        """
        if plan.change == Restart() or isinstance(plan.change, Promote) or plan.changes_nothing:
            return plan
        is_scaler = "bounds" in plan.goal and seen.scaling.scaler is not None
        item = seen.scaling.scaler.item if is_scaler and seen.scaling.scaler else seen.item
        owner = await found_owner(self._api(service), target_of(service), item)
        if owner is None:
            return plan
        told = {"cautions": (owner.caution, *plan.cautions), "reverted_by": owner.said if owner.heals else ""}
        return plan.model_copy(update=told)

    async def _plan_hard(self, service: Service, seen: Snapshot) -> Plan:
        """Only for an account that may both delete and create: deleting alone would be the end of it."""
        target = target_of(service)
        if target.of is not DEPLOYMENT:
            raise Refused(
                f"Only a deployment is restarted hard; {service.id} is a {target.object_kind}.",
                f"Type {slash('restart')} {service.id}: every pod is replaced.",
            )
        if not self._hard_restarts:
            raise Refused(
                "Hard restarts are switched off (MUSTER_HARD_RESTARTS).",
                f"Type {slash('restart')} {service.id}: every pod is replaced.",
            )
        for verb, name in (("delete", target.name), ("create", "")):
            if not await self._api(service).may(verb, "apps", "deployments", target.namespace, name):
                raise Refused(
                    f"Muster may not {verb} deployments in {target.namespace}.",
                    f"Type {slash('restart')} {service.id}, or grant what `muster manifest rbac` prints.",
                )
        return plan_hard_restart(service, seen, seen.holders, self._clock())

    async def _stuck(self, service: Service, seen: Snapshot) -> tuple[str, ...]:
        """Pods that hold up a StatefulSet, which it does not replace by itself."""
        if not waits_for_each(seen.item):
            return ()
        pods = await self._pods(service, seen.item)
        return tuple(str(pod["metadata"]["name"]) for pod in pods if why_failing(pod))

    async def _next(self, service: Service, item: Json) -> None:
        """Wait until the deployment changes, or a look is due: pods fail without changing it."""
        target, version = target_of(service), str(item["metadata"]["resourceVersion"])
        field = f"metadata.name={target.name}"
        try:
            outcome = await self._api(service).changed(target.siblings, version, field, self._poll_s)
        except BackendError:
            outcome = "ended"  # looking again says whether the server is there
        if outcome == "ended":
            await self._sleep(self._poll_s)

    async def _bounds_progress(self, service: Service, plan: Plan) -> Progress:
        bounds = (await self._scaling(service)).bounds
        said = f"{bounds[0]} to {bounds[1]}"
        if list(bounds) == plan.goal["bounds"]:
            return Progress(ok=True, last_event=f"The autoscaler keeps {said}.")
        return Progress(ok=False, why=f"Something else set the bounds to {said}.")

    async def _warnings(self, service: Service) -> tuple[Check, ...]:
        """The last warning; events that may not be read are no reason to show nothing else."""
        target = target_of(service)
        try:
            found = await self._api(service).get(target.events, fieldSelector="type=Warning", limit="500")
        except BackendError as error:
            if error.fault is Fault.DENIED:
                return ()
            raise
        return warning_sign(cast(list[Json], found["items"]), target.name)

    async def _sets(self, service: Service, item: Json) -> list[Json]:
        """What keeps the templates that the workload ran: its ReplicaSets, or ControllerRevisions as such."""
        found = await self._api(service).get(target_of(service).holders, labelSelector=_selector(item))
        uid = item["metadata"]["uid"]
        return [as_holder(one) for one in cast(list[Json], found["items"]) if _is_owned(one, uid)]

    async def _pods(self, service: Service, item: Json) -> list[Json]:
        found = await self._api(service).get(target_of(service).pods, labelSelector=_selector(item))
        return cast(list[Json], found["items"])


def _selector(item: Json) -> str:
    selector = part(item, "spec", "selector")
    parts = [f"{key}={value}" for key, value in sorted(part(selector, "matchLabels").items())]
    for one in entries(selector, "matchExpressions"):
        key, values = one["key"], ",".join(one.get("values") or [])
        words = {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": str(key)}
        parts.append(words.get(str(one["operator"]), f"!{key}"))
    return ",".join(parts)


def _is_owned(one: Json, uid: str) -> bool:
    return any(owner["uid"] == uid for owner in entries(one["metadata"], "ownerReferences"))
