"""What the API server refuses: 422 with the field and the words of Kubernetes."""

import re
from collections.abc import Callable
from typing import Any

from playground.kubernetes.resources import (
    DAEMONSETS,
    DEPLOYMENTS,
    HPAS,
    REPLICASETS,
    STATEFULSETS,
    Json,
    Resource,
    entries,
    part,
)
from playground.kubernetes.selectors import selector_test
from playground.kubernetes.status import Cause, Refusal, invalid

_NAME = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
_LABEL = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")
_PERCENT = re.compile(r"^[0-9]+%$")

_NOT_NEGATIVE = "must be greater than or equal to 0"
_RFC_1123 = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
    "and must start and end with an alphanumeric character"
)


def validate(resource: Resource, item: Json, before: Json | None = None) -> None:
    """Check a whole object, after defaulting. Raises Refusal 422 naming every fault."""
    causes = _name_causes(item)
    check = _CHECKS.get(resource)
    if check is not None:
        causes += check(item, before)
    if causes:
        raise invalid(resource, item["metadata"].get("name", ""), causes)


def check_types(resource: Resource, item: Json) -> None:
    """Refuse numbers that are not numbers, as decoding does. Raises Refusal 400."""
    spec = part(item, "spec")
    names = ("replicas", "minReplicas", "maxReplicas", "revisionHistoryLimit", "progressDeadlineSeconds")
    for name in names:
        value = spec.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise Refusal(400, f"{resource.kind} in version {resource.version!r} cannot be handled as a "
                               f"{resource.kind}: json: cannot unmarshal {_go_type(value)} into Go struct "
                               f"field {resource.kind}Spec.spec.{name} of type int32")  # fmt: skip
    for name in ("labels", "annotations"):
        values: Json = item["metadata"].get(name) or {}
        if not all(isinstance(value, str) for value in values.values()):
            field = f"ObjectMeta.metadata.{name}"
            raise Refusal(400, f"json: cannot unmarshal into Go struct field {field} of type string")


def whole(value: object, of: int, *, up: bool) -> int:
    """maxSurge or maxUnavailable (a count or a percentage) as a count of `of` pods."""
    if isinstance(value, str):
        hundredths = int(value.rstrip("%")) * of
        return -(-hundredths // 100) if up else hundredths // 100
    return value if isinstance(value, int) else 0


def _go_type(value: object) -> str:
    names = ((bool, "bool"), (str, "string"), (float, "number"))
    return next((name for type_, name in names if isinstance(value, type_)), "object")


def _name_causes(item: Json) -> list[Cause]:
    name = item["metadata"].get("name")
    if not name:
        return [Cause.required("metadata.name", "name or generateName is required")]
    if len(name) > 253 or not _NAME.match(name):
        return [Cause.invalid("metadata.name", name, _RFC_1123)]
    return []


def _deployment_causes(item: Json, before: Json | None) -> list[Cause]:
    spec = item["spec"]
    causes = _negatives(spec, ("replicas", "minReadySeconds", "revisionHistoryLimit"))
    deadline = spec["progressDeadlineSeconds"]
    if deadline <= spec.get("minReadySeconds", 0):
        why = "must be greater than minReadySeconds"
        causes.append(Cause.invalid("spec.progressDeadlineSeconds", deadline, why))
    return causes + _strategy_causes(spec["strategy"]) + _workload_causes(item, before)


def _strategy_causes(strategy: Json) -> list[Cause]:
    kind = strategy.get("type")
    if kind not in ("Recreate", "RollingUpdate"):
        return [Cause.unsupported("spec.strategy.type", kind, ("Recreate", "RollingUpdate"))]
    rolling = strategy.get("rollingUpdate")
    if kind == "Recreate":
        path = "spec.strategy.rollingUpdate"
        why = "may not be specified when strategy `type` is 'Recreate'"
        return [Cause(path, f"Forbidden: {why}", "FieldValueForbidden")] if rolling else []
    causes: list[Cause] = []
    for name in ("maxUnavailable", "maxSurge"):
        value: Any = rolling[name] if rolling else 0
        path = f"spec.strategy.rollingUpdate.{name}"
        if isinstance(value, str) and not _PERCENT.match(value):
            causes.append(Cause.invalid(path, value, "must be an integer or percentage (e.g '5%')"))
        elif isinstance(value, int) and value < 0:
            causes.append(Cause.invalid(path, value, _NOT_NEGATIVE))
    if not causes and rolling and not any(whole(rolling[key], 100, up=True) for key in rolling):
        why = "may not be 0 when `maxSurge` is 0"
        causes.append(Cause.invalid("spec.strategy.rollingUpdate.maxUnavailable", 0, why))
    return causes


def _workload_causes(item: Json, before: Json | None) -> list[Cause]:
    spec = item["spec"]
    selector: Json = part(spec, "selector")
    labels = part(spec["template"]["metadata"], "labels")
    causes: list[Cause] = []
    if not selector:
        causes.append(Cause.required("spec.selector"))
    elif not selector_test(selector)(labels):
        why = "`selector` does not match template `labels`"
        causes.append(Cause.invalid("spec.template.metadata.labels", labels, why))
    if before is not None and before["spec"].get("selector") != selector:
        causes.append(Cause.invalid("spec.selector", selector, "field is immutable"))
    return causes + _container_causes(spec["template"]["spec"])


def _container_causes(pod_spec: Json) -> list[Cause]:
    containers: list[Json] = entries(pod_spec, "containers")
    if not containers:
        return [Cause.required("spec.template.spec.containers")]
    causes: list[Cause] = []
    for place, container in enumerate(containers):
        path = f"spec.template.spec.containers[{place}]"
        name = container.get("name")
        if not name:
            causes.append(Cause.required(f"{path}.name"))
        elif not _LABEL.match(name):
            causes.append(Cause.invalid(f"{path}.name", name, _RFC_1123.replace("subdomain", "label")))
        if not container.get("image"):
            causes.append(Cause.required(f"{path}.image"))
        for spot, one in enumerate(entries(container, "env")):
            if not one.get("name"):
                causes.append(Cause.required(f"{path}.env[{spot}].name"))
    return causes


def _replicaset_causes(item: Json, before: Json | None) -> list[Cause]:
    return _negatives(item["spec"], ("replicas",)) + _workload_causes(item, before)


_MAY_CHANGE = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)
"""What may be changed of a StatefulSet. Source: the words in which the API server refuses all else."""


def _statefulset_causes(item: Json, before: Json | None) -> list[Cause]:
    causes = _negatives(item["spec"], ("replicas", "revisionHistoryLimit")) + _workload_causes(item, None)
    old = before["spec"] if before else item["spec"]
    if any(old.get(key) != item["spec"].get(key) for key in {*old, *item["spec"]} - {*_MAY_CHANGE}):
        *names, last = (f"'{name}'" for name in _MAY_CHANGE)
        why = f"updates to statefulset spec for fields other than {', '.join(names)} and {last} are forbidden"
        causes.append(Cause("spec", f"Forbidden: {why}", "FieldValueForbidden"))
    return causes


def _daemonset_causes(item: Json, before: Json | None) -> list[Cause]:
    return _negatives(item["spec"], ("revisionHistoryLimit",)) + _workload_causes(item, before)


def _hpa_causes(item: Json, before: Json | None) -> list[Cause]:
    del before
    spec = item["spec"]
    low, high = spec["minReplicas"], spec.get("maxReplicas", 0)
    causes: list[Cause] = []
    if low < 1:
        causes.append(Cause.invalid("spec.minReplicas", low, "must be greater than or equal to 1"))
    if high < 1:
        causes.append(Cause.invalid("spec.maxReplicas", high, "must be greater than 0"))
    if high < low:
        why = "must be greater than or equal to `minReplicas`"
        causes.append(Cause.invalid("spec.maxReplicas", high, why))
    reference = part(spec, "scaleTargetRef")
    for name in ("kind", "name"):
        if not reference.get(name):
            causes.append(Cause.required(f"spec.scaleTargetRef.{name}"))
    return causes


def _negatives(spec: Json, names: tuple[str, ...]) -> list[Cause]:
    return [
        Cause.invalid(f"spec.{name}", spec[name], _NOT_NEGATIVE) for name in names if spec.get(name, 0) < 0
    ]


_CHECKS: dict[Resource, Callable[[Json, Json | None], list[Cause]]] = {
    DEPLOYMENTS: _deployment_causes,
    REPLICASETS: _replicaset_causes,
    STATEFULSETS: _statefulset_causes,
    DAEMONSETS: _daemonset_causes,
    HPAS: _hpa_causes,
}
