"""The autoscaler: keeps replicas inside min and max, and says what it sees."""

import copy
from datetime import datetime, timedelta

from playground.kubernetes.podstate import is_ready
from playground.kubernetes.recorder import Recorder
from playground.kubernetes.resources import (
    DEPLOYMENTS,
    HPAS,
    PODS,
    ROLLOUTS,
    STATEFULSETS,
    Json,
    entries,
    part,
)
from playground.kubernetes.selectors import selector_test
from playground.kubernetes.store import Store, stamp
from playground.kubernetes.usage import busy_percent

COMPONENT = "horizontal-pod-autoscaler"
LOAD = "playground/load"
_SCALED = {"Deployment": DEPLOYMENTS, "StatefulSet": STATEFULSETS, "Rollout": ROLLOUTS}


class Autoscaler:
    """Acts one pace after it finds another count than it wants: its sync period, 15 s in a real cluster.

    What the load asks for stands in an annotation of the autoscaler, in pods; without it the load asks for
    what there is. Source: the documentation of horizontal pod autoscaling: it wants
    ceil(current replicas × current value / target value), within its bounds, whoever set the replicas.
    """

    def __init__(self, store: Store, recorder: Recorder, pace_s: float) -> None:
        self._store = store
        self._recorder = recorder
        self._pace = timedelta(seconds=pace_s)
        self._seen: dict[str, datetime] = {}

    def step(self, now: datetime) -> None:
        """Look at every autoscaler once."""
        for hpa in self._store.every(HPAS):
            reference = hpa["spec"]["scaleTargetRef"]
            namespace = hpa["metadata"]["namespace"]
            kind = _SCALED.get(reference["kind"])
            target = self._store.find(kind, namespace, reference["name"]) if kind else None
            if target is None:
                self._report(hpa, None, 0, now)
                continue
            wanted = self._wanted(hpa, target)
            if wanted != target["spec"]["replicas"] and self._is_due(hpa, now):
                hpa, target = self._rescale(hpa, target, wanted, now)
            self._report(hpa, target, wanted, now)

    def _wanted(self, hpa: Json, target: Json) -> int:
        replicas = target["spec"]["replicas"]
        if replicas == 0:
            return 0
        asked = int(part(hpa, "metadata", "annotations").get(LOAD, replicas))
        wanted = min(max(asked, hpa["spec"]["minReplicas"]), hpa["spec"]["maxReplicas"])
        if wanted == replicas:
            self._seen.pop(hpa["metadata"]["uid"], None)
        return wanted

    def _is_due(self, hpa: Json, now: datetime) -> bool:
        return now - self._seen.setdefault(hpa["metadata"]["uid"], now) >= self._pace

    def _rescale(self, hpa: Json, target: Json, wanted: int, now: datetime) -> tuple[Json, Json]:
        self._seen.pop(hpa["metadata"]["uid"], None)
        message = f"New size: {wanted}; reason: {_reason(hpa, target['spec']['replicas'], wanted)}"
        target = copy.deepcopy(target)
        target["spec"]["replicas"] = wanted
        target = self._store.replace(_SCALED[target["kind"]], target)
        self._recorder.normal(hpa, COMPONENT, "SuccessfulRescale", message)
        hpa = copy.deepcopy(hpa)
        hpa["status"]["lastScaleTime"] = stamp(now)
        return self._store.replace(HPAS, hpa), target

    def _report(self, hpa: Json, target: Json | None, wanted: int, now: datetime) -> None:
        status = dict(hpa["status"])
        current = target["status"].get("replicas", 0) if target else 0
        status |= {"currentReplicas": current, "desiredReplicas": wanted}
        percent = self._busy(target) if target else None
        status["currentMetrics"] = None if percent is None else [_metric(percent)]
        old = {one["type"]: one for one in entries(status, "conditions")}
        status["conditions"] = [
            one | {"lastTransitionTime": _moved(old.get(one["type"]), one, now)}
            for one in _conditions(hpa, target, wanted)
        ]
        self._store.replace(HPAS, hpa | {"status": status})

    def _busy(self, target: Json) -> int | None:
        fits = selector_test(target["spec"]["selector"])
        pods = self._store.every(PODS, target["metadata"]["namespace"])
        mine = [pod for pod in pods if fits(part(pod, "metadata", "labels")) and is_ready(pod)]
        return busy_percent(mine) if mine else None


def _reason(hpa: Json, replicas: int, wanted: int) -> str:
    if replicas < hpa["spec"]["minReplicas"]:
        return "Current number of replicas below Spec.MinReplicas"
    if replicas > hpa["spec"]["maxReplicas"]:
        return "Current number of replicas above Spec.MaxReplicas"
    way = "above target" if wanted > replicas else "below target"
    return f"cpu resource utilization (percentage of request) {way}"


def _metric(percent: int) -> Json:
    current = {"averageUtilization": percent, "averageValue": f"{percent * 5}m"}
    return {"type": "Resource", "resource": {"name": "cpu", "current": current}}


def _moved(before: Json | None, after: Json, now: datetime) -> str:
    if before is not None and before["status"] == after["status"]:
        return before["lastTransitionTime"]
    return stamp(now)


def _conditions(hpa: Json, target: Json | None, wanted: int) -> list[Json]:
    if target is None:
        why = "the HPA controller was unable to get the target's current scale"
        return [_condition("AbleToScale", False, "FailedGetScale", why)]
    able = _condition("AbleToScale", True, "ReadyForNewScale", "recommended size matches current size")
    if target["spec"]["replicas"] == 0:
        why = "scaling is disabled since the replica count of the target is zero"
        return [able, _condition("ScalingActive", False, "ScalingDisabled", why)]
    why = "the HPA was able to successfully calculate a replica count from cpu resource utilization"
    active = _condition("ScalingActive", True, "ValidMetricFound", why)
    if wanted == hpa["spec"]["maxReplicas"]:
        why = "the desired replica count is more than the maximum replica count"
        return [able, active, _condition("ScalingLimited", True, "TooManyReplicas", why)]
    if wanted == hpa["spec"]["minReplicas"]:
        why = "the desired replica count is less than the minimum replica count"
        return [able, active, _condition("ScalingLimited", True, "TooFewReplicas", why)]
    why = "the desired count is within the acceptable range"
    return [able, active, _condition("ScalingLimited", False, "DesiredWithinRange", why)]


def _condition(type_: str, is_true: bool, reason: str, message: str) -> Json:
    return {"type": type_, "status": "True" if is_true else "False", "reason": reason, "message": message}
