"""Kubernetes deployments: scaled, restarted and rolled back as kubectl does it."""

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime
from typing import Any, Literal, cast

from backends.kubernetes_api import MERGE, STRATEGIC, Json, KubernetesApi
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

REVISION = "deployment.kubernetes.io/revision"
RESTARTED = "kubectl.kubernetes.io/restartedAt"
HASH = "pod-template-hash"
_STUCK = frozenset(
    {"ImagePullBackOff", "ErrImagePull", "CrashLoopBackOff", "CreateContainerConfigError", "InvalidImageName"}
)


class KubernetesTarget(Target):
    """A deployment. `cluster` names the kubeconfig context; hpa: whether an autoscaler has its name."""

    kind: Literal["kubernetes"] = "kubernetes"  # pyright: ignore[reportIncompatibleVariableOverride]  # frozen
    cluster: str
    namespace: str
    deployment: str
    hpa: bool = False


class Kubernetes:
    """Reads deployments, ReplicaSets, pods and HPAs; changes by scale, patch and delete."""

    kind = "kubernetes"
    target = KubernetesTarget

    def __init__(
        self, connect: Callable[[str], KubernetesApi], clock: Callable[[], datetime], poll_s: float
    ) -> None:
        self._connect, self._clock, self._poll_s = connect, clock, poll_s
        self._apis: dict[str, KubernetesApi] = {}

    def calls(self, service: Service) -> tuple[str, ...]:
        """RBAC rules, `group/resource:verb`."""
        plain = (
            "apps/deployments:get",
            "apps/deployments:list",
            "apps/deployments:patch",
            "apps/deployments:watch",
            "apps/deployments/scale:patch",
            "apps/replicasets:list",
            "core/pods:list",
        )
        scaled = ("autoscaling/horizontalpodautoscalers:get", "autoscaling/horizontalpodautoscalers:patch")
        return plain + (scaled if _target(service).hpa else ())

    async def reach(self, service: Service) -> None:
        """The deployment is there. Raises BackendError."""
        await self._deployment(service)

    async def close(self) -> None:
        """Give back connections."""
        for api in self._apis.values():
            await api.close()

    def accepts(self, change: Change) -> bool:
        """Counts, bounds, restarts and rollbacks."""
        return isinstance(change, Scale | Bounds | Restart | Rollback)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Read the deployment and its autoscaler, and say what would change. Raises BackendError, Refused."""
        seen, bounds = await self._deployment(service), await self._bounds(service)
        match change:
            case Scale():
                return _scale(service, change, seen, bounds)
            case Bounds():
                return _bound(service, change, seen, bounds)
            case Restart():
                return _restart(service, change, seen, bounds, self._clock())
            case Rollback():
                return _rollback(service, change, seen, bounds, await self._sets(service, seen))
            case _:
                raise Refused(f"{service.id} has no {change.kind}.", f"Look with /health {service.id}.")

    async def fingerprint(self, service: Service) -> str:
        """Of replicas, pod template and bounds."""
        return _fingerprint(await self._deployment(service), await self._bounds(service))

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call. Raises BackendError."""
        api, params = self._api(service), cast(dict[str, Any], step.params)
        await api.patch(params["path"], params["body"], params["type"], fieldManager="muster")

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """Every field of the patch is compared with what is there."""
        params = cast(dict[str, Any], step.params)
        there = await self._api(service).get(str(params["path"]))
        return _holds(cast(Json, params["body"]), there)

    async def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until the rollout is complete, is past its deadline, or someone else changed it."""
        last: Progress | None = None
        while last is None or not last.is_over:
            seen = await self._deployment(service)
            progress = _progress(seen, plan, await self._pods(service, seen))
            if progress != last:
                yield progress
            last = progress
            if not progress.is_over:
                await self._next(service, seen)

    async def health(self, service: Service) -> Health:
        """Replicas, rollout, failing pods, autoscaler. Raises BackendError."""
        seen = await self._deployment(service)
        signs = _signs(seen, await self._pods(service, seen), await self._bounds(service))
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    async def versions(self, service: Service) -> tuple[Version, ...]:
        """Revisions whose ReplicaSet is kept, the running one first."""
        seen = await self._deployment(service)
        current = seen["metadata"].get("annotations", {}).get(REVISION, "")
        sets = await self._sets(service, seen)
        found = [_version(one, current) for one in sets]
        return tuple(sorted(found, key=lambda one: (not one.is_current, -int(one.id or 0))))

    def _api(self, service: Service) -> KubernetesApi:
        cluster = _target(service).cluster
        if cluster not in self._apis:
            self._apis[cluster] = self._connect(cluster)
        return self._apis[cluster]

    async def _deployment(self, service: Service) -> Json:
        return await self._api(service).get(_path(service))

    async def _next(self, service: Service, seen: Json) -> None:
        """Wait until the deployment changes, or a poll is due; pods fail without changing it."""
        where = _target(service)
        field = f"metadata.name={where.deployment}"
        path = f"/apis/apps/v1/namespaces/{where.namespace}/deployments"
        try:
            await self._api(service).changed(path, seen["metadata"]["resourceVersion"], field, self._poll_s)
        except BackendError as error:
            if error.fault is not Fault.CONFLICT:
                raise

    async def _bounds(self, service: Service) -> tuple[int | None, int | None]:
        where = _target(service)
        if not where.hpa:
            return None, None
        try:
            found = await self._api(service).get(_hpa_path(where))
        except BackendError as error:
            if error.fault is Fault.NOT_FOUND:
                return None, None
            raise
        return int(found["spec"].get("minReplicas", 1)), int(found["spec"]["maxReplicas"])

    async def _sets(self, service: Service, seen: Json) -> list[Json]:
        """ReplicaSets that the deployment owns."""
        path = f"/apis/apps/v1/namespaces/{_target(service).namespace}/replicasets"
        found = await self._api(service).get(path, labelSelector=_selector(seen))
        uid = seen["metadata"]["uid"]
        return [
            one
            for one in cast(list[Json], found["items"])
            if any(owner["uid"] == uid for owner in one["metadata"].get("ownerReferences", []))
        ]

    async def _pods(self, service: Service, seen: Json) -> list[Json]:
        path = f"/api/v1/namespaces/{_target(service).namespace}/pods"
        found = await self._api(service).get(path, labelSelector=_selector(seen))
        return cast(list[Json], found["items"])


def _target(service: Service) -> KubernetesTarget:
    assert isinstance(service.target, KubernetesTarget)
    return service.target


def _path(service: Service) -> str:
    where = _target(service)
    return f"/apis/apps/v1/namespaces/{where.namespace}/deployments/{where.deployment}"


def _hpa_path(where: KubernetesTarget) -> str:
    return f"/apis/autoscaling/v2/namespaces/{where.namespace}/horizontalpodautoscalers/{where.deployment}"


def _selector(seen: Json) -> str:
    labels = cast(dict[str, str], seen["spec"]["selector"].get("matchLabels", {}))
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def _revision(seen: Json) -> str:
    return str(seen["metadata"].get("annotations", {}).get(REVISION, ""))


def _fingerprint(seen: Json, bounds: tuple[int | None, int | None]) -> str:
    template = seen["spec"]["template"]
    return fingerprint({"replicas": seen["spec"]["replicas"], "template": template, "bounds": list(bounds)})


def _patch(path: str, body: Json, kind: str, call: str, says: str) -> Step:
    return Step(call=f"kubernetes:{call}", params={"path": path, "type": kind, "body": body}, says=says)


def _scale(service: Service, change: Scale, seen: Json, bounds: tuple[int | None, int | None]) -> Plan:
    before = int(seen["spec"]["replicas"])
    after = resolved(service, change.desired, before)
    body: Json = {"spec": {"replicas": after}}
    step = _patch(f"{_path(service)}/scale", body, MERGE, "deployments/scale", f"Set replicas to {after}")
    return Plan(
        service=service.id,
        change=Scale.model_validate({"desired": {"how": "to", "n": after}}),
        deltas=(Delta(what="replicas", before=str(before), after=str(after)),),
        steps=() if after == before else (step,),
        cautions=(
            *limit_cautions(service, after),
            *range_cautions(after, *bounds),
            *_hpa(bounds),
            *_in_flight(seen),
        ),
        tier=tier_of(before, after),
        direction=direction_of(before, after),
        size=abs(after - before),
        fingerprint=_fingerprint(seen, bounds),
        goal={"replicas": after},
        inverse=Scale.model_validate({"desired": {"how": "to", "n": before}}) if after != before else None,
        undo=f"Sets replicas back to {before}.",
    )


def _bound(service: Service, change: Bounds, seen: Json, bounds: tuple[int | None, int | None]) -> Plan:
    least, most = bounds
    if least is None or most is None:
        count = seen["spec"]["replicas"]
        raise Refused(f"{service.id} has no autoscaler.", f"Type a count: /scale {service.id} {count}")
    new = (least if change.min is None else change.min, most if change.max is None else change.max)
    if new[0] > new[1]:
        raise Refused(f"min={new[0]} would be over max={new[1]}.", f"It is {least} to {most} now; give both.")
    body: Json = {"spec": {"minReplicas": new[0], "maxReplicas": new[1]}}
    call = "horizontalpodautoscalers"
    step = _patch(_hpa_path(_target(service)), body, MERGE, call, f"Keep {new[0]} to {new[1]}")
    deltas = tuple(
        Delta(what=what, before=str(was), after=str(now))
        for what, was, now in (("minimum", least, new[0]), ("maximum", most, new[1]))
        if was != now
    )
    same = (Delta(what="bounds", before=f"{least}–{most}", after=f"{least}–{most}"),)
    return Plan(
        service=service.id,
        change=Bounds(min=new[0], max=new[1]),
        deltas=deltas or same,
        steps=(step,) if deltas else (),
        cautions=tuple(one for count in dict.fromkeys(new) for one in limit_cautions(service, count)),
        tier=RiskTier.R2,
        direction=Direction.UP if new >= (least, most) else Direction.DOWN,
        size=abs(new[1] - most) + abs(new[0] - least),
        fingerprint=_fingerprint(seen, bounds),
        goal={"bounds": list(new)},
        inverse=Bounds(min=least, max=most) if deltas else None,
        undo=f"Sets the bounds back to {least} to {most}.",
    )


def _restart(
    service: Service, change: Restart, seen: Json, bounds: tuple[int | None, int | None], now: datetime
) -> Plan:
    """As `kubectl rollout restart`: an annotation of the pod template, so that nothing is lost."""
    if change.hard:
        raise Refused(
            "Deleting the deployment would delete its revisions, and with them the way back.",
            f"Type /restart {service.id}: every pod is replaced, and the revisions stay.",
        )
    stamp = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    body: Json = {"spec": {"template": {"metadata": {"annotations": {RESTARTED: stamp}}}}}
    replicas = int(seen["spec"]["replicas"])
    return Plan(
        service=service.id,
        change=change,
        deltas=(Delta(what="pods", before=f"{replicas} running", after=f"{replicas} fresh"),),
        steps=(
            _patch(_path(service), body, STRATEGIC, "deployments", "Set restartedAt on the pod template"),
        ),
        cautions=_in_flight(seen),
        tier=RiskTier.R1,
        size=replicas,
        fingerprint=_fingerprint(seen, bounds),
        goal={"replicas": replicas, "restarted": stamp},
        undo="A restart cannot be undone; the old pods are gone.",
    )


def _rollback(
    service: Service,
    change: Rollback,
    seen: Json,
    bounds: tuple[int | None, int | None],
    sets: Sequence[Json],
) -> Plan:
    """As `kubectl rollout undo`: the pod template of the revision's ReplicaSet, put back."""
    current = _revision(seen)
    chosen = _wanted(service, change.version, current, sets)
    wanted = _revision(chosen)
    template = _without_hash(chosen["spec"]["template"])
    was, now = _image(seen["spec"]["template"]), _image(chosen["spec"]["template"])
    body: Json = {"spec": {"template": {"$patch": "replace", **template}}}
    step = _patch(
        _path(service), body, STRATEGIC, "deployments", f"Put the pod template of revision {wanted} back"
    )
    replicas = int(seen["spec"]["replicas"])
    return Plan(
        service=service.id,
        change=Rollback(version=wanted),
        deltas=(
            Delta(what="revision", before=current, after=wanted),
            Delta(what="image", before=was, after=now),
        ),
        steps=() if wanted == current else (step,),
        cautions=_in_flight(seen),
        tier=RiskTier.R2,
        size=replicas,
        fingerprint=_fingerprint(seen, bounds),
        goal={"replicas": replicas, "image": now, "template": fingerprint({"template": template})},
        inverse=Rollback(version=current) if wanted != current else None,
        undo=f"Puts the pod template of revision {current} back.",
    )


def _wanted(service: Service, named: str | None, current: str, sets: Sequence[Json]) -> Json:
    """The ReplicaSet to go back to. Raises Refused with the revisions that are kept."""
    kept = sorted((one for one in sets if _revision(one)), key=lambda one: -int(_revision(one)))
    others = [one for one in kept if _revision(one) != current]
    choice = ", ".join(f"`{_revision(one)}` ({_image(one['spec']['template'])})" for one in others[:5])
    if named is None:
        if not others:
            raise Refused(f"{service.id} keeps no older revision.", f"See /history {service.id}.")
        return others[0]
    found = next((one for one in kept if _revision(one) == named), None)
    if found is None:
        raise Refused(f"{service.id} keeps no revision {named}.", f"It keeps {choice or 'none'}.")
    return found


def _without_hash(template: Json) -> Json:
    labels = {key: value for key, value in template["metadata"].get("labels", {}).items() if key != HASH}
    return {**template, "metadata": {**template["metadata"], "labels": labels}}


def _image(template: Json) -> str:
    return str(template["spec"]["containers"][0]["image"]).rsplit("/", 1)[-1]


def _hpa(bounds: tuple[int | None, int | None]) -> tuple[Caution, ...]:
    if bounds[0] is None:
        return ()
    text = f"An autoscaler keeps {bounds[0]} to {bounds[1]} and may move the count again."
    return (Caution(level="note", code="hpa", text=text),)


def _in_flight(seen: Json) -> tuple[Caution, ...]:
    if _is_complete(seen, int(seen["spec"]["replicas"])):
        return ()
    return (Caution(level="warn", code="in-flight", text="A rollout is under way."),)


def _is_complete(seen: Json, replicas: int) -> bool:
    status = cast(Json, seen.get("status", {}))
    observed = int(status.get("observedGeneration", 0)) >= int(seen["metadata"]["generation"])
    counts = {int(status.get(name, 0)) for name in ("replicas", "updatedReplicas", "availableReplicas")}
    return observed and counts == {replicas}


def _progress(seen: Json, plan: Plan, pods: Sequence[Json]) -> Progress:
    """The deployment's status held against the plan's goal."""
    if "bounds" in plan.goal:
        return Progress(ok=True, last_event="The bounds are set.")
    goal, status = cast(dict[str, Any], plan.goal), cast(Json, seen.get("status", {}))
    wanted = int(goal["replicas"])
    rolls = "restarted" in goal or "template" in goal
    ready = int(status.get("availableReplicas", 0))
    running = min(int(status.get("updatedReplicas", 0)), ready) if rolls else ready
    failing = [why for pod in pods if (why := _why(pod))]
    progress = Progress(
        wanted=wanted,
        running=running,
        starting=max(0, int(status.get("replicas", 0)) - ready - len(failing)),
        failed=len(failing),
        last_event=_last(status),
        why=failing[0] if failing else "",
    )
    return progress.model_copy(update=_end(seen, goal, wanted, progress))


def _end(seen: Json, goal: dict[str, Any], wanted: int, progress: Progress) -> dict[str, Any]:
    detail = f" {progress.why}" if progress.why else ""
    if int(seen["spec"]["replicas"]) != wanted:
        return {"ok": False, "why": f"Something else set replicas to {seen['spec']['replicas']}.{detail}"}
    annotations = cast(Json, seen["spec"]["template"]["metadata"].get("annotations") or {})
    if "restarted" in goal and annotations.get(RESTARTED) != goal["restarted"]:
        return {"ok": False, "why": f"Someone else changed the pod template meanwhile.{detail}"}
    if "image" in goal and _image(seen["spec"]["template"]) != goal["image"]:
        return {
            "ok": False,
            "why": f"Someone else deployed {_image(seen['spec']['template'])} meanwhile.{detail}",
        }
    for one in cast(list[Json], seen.get("status", {}).get("conditions", [])):
        if one["type"] == "Progressing" and one.get("reason") == "ProgressDeadlineExceeded":
            return {"ok": False, "why": f"The rollout is past its deadline.{detail}"}
    return {"ok": True, "why": ""} if _is_complete(seen, wanted) else {}


def _why(pod: Json) -> str:
    """Why a pod does not start; empty for one that runs or is on its way."""
    name = pod["metadata"]["name"]
    for one in cast(list[Json], pod.get("status", {}).get("containerStatuses", [])):
        waiting = cast(Json, one.get("state", {}).get("waiting") or {})
        if waiting.get("reason") in _STUCK:
            return f"{name}: {waiting['reason']} {waiting.get('message', '')}".strip()
    for one in cast(list[Json], pod.get("status", {}).get("conditions", [])):
        if one["type"] == "PodScheduled" and one["status"] == "False":
            return f"{name}: Pending, {one.get('message') or one.get('reason', 'not scheduled')}"
    return ""


def _last(status: Json) -> str:
    conditions = cast(list[Json], status.get("conditions", []))
    said = [str(one.get("message", "")) for one in conditions if one["type"] == "Progressing"]
    return said[0] if said else ""


def _signs(seen: Json, pods: Sequence[Json], bounds: tuple[int | None, int | None]) -> tuple[Sign, ...]:
    wanted = int(seen["spec"]["replicas"])
    ready = int(seen.get("status", {}).get("availableReplicas", 0))
    verdict = Verdict.OK if ready >= wanted else Verdict.DEGRADED
    if wanted > 0 and ready == 0:
        verdict = Verdict.DOWN
    why = "" if verdict is Verdict.OK else f"{ready} of {wanted} pods available"
    signs = [
        Sign(name="pods", value=f"{ready} of {wanted} available", verdict=verdict, why=why, number=ready)
    ]
    for failing in [reason for pod in pods if (reason := _why(pod))][:3]:
        signs.append(Sign(name="pod", value="not starting", verdict=Verdict.DEGRADED, why=failing))
    revision = f"revision {_revision(seen)}, {_image(seen['spec']['template'])}"
    signs.append(Sign(name="version", value=revision, verdict=Verdict.OK))
    if bounds[0] is not None:
        signs.append(Sign(name="autoscaler", value=f"keeps {bounds[0]} to {bounds[1]}", verdict=Verdict.OK))
    return tuple(signs)


def _version(one: Json, current: str) -> Version:
    annotations = cast(dict[str, str], one["metadata"].get("annotations") or {})
    return Version(
        id=annotations.get(REVISION, ""),
        label=_image(one["spec"]["template"]),
        at=str(one["metadata"]["creationTimestamp"]).replace("Z", "+00:00"),
        is_current=annotations.get(REVISION) == current,
        note=annotations.get("kubernetes.io/change-cause", ""),
    )


def _holds(patch: Any, there: Any) -> bool:
    """Whether everything that a patch sets is so."""
    if isinstance(patch, dict):
        known = cast(Json, there) if isinstance(there, dict) else {}
        fields = cast(Json, patch)
        return all(_holds(value, known.get(key)) for key, value in fields.items() if key != "$patch")
    return patch == there
