"""Label and field selectors: read once, then asked about objects."""

import re
from collections.abc import Callable
from typing import Any

from playground.kubernetes.resources import EVENTS, NODES, PODS, Json, Resource, entries, part, texts
from playground.kubernetes.status import Refusal

Test = Callable[[dict[str, Any]], bool]

_SET = re.compile(r"^(?P<key>[^\s!=,()<>]+)\s+(?P<op>in|notin)\s*\((?P<values>[^()]*)\)$")
_EQUAL = re.compile(r"^(?P<key>[^\s!=,()<>]+)\s*(?P<op>==|=|!=)\s*(?P<value>[^\s!=,()]*)$")
_COMPARE = re.compile(r"^(?P<key>[^\s!=,()<>]+)\s*(?P<op>[<>])\s*(?P<value>-?\d+)$")
_EXISTS = re.compile(r"^(?P<no>!?)\s*(?P<key>[^\s!=,()<>]+)$")

_FIELDS = {
    PODS: ("spec.nodeName", "spec.restartPolicy", "spec.serviceAccountName", "status.phase", "status.podIP"),
    EVENTS: (
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
        "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
        "reason", "reportingComponent", "source", "type",
    ),
    NODES: ("spec.unschedulable",),
}  # fmt: skip


def label_test(text: str) -> Test:
    """Whether labels fit the selector (`a=b,c!=d,e in (f,g),!h`). Raises Refusal 400."""
    tests = [_label_part(term, text) for term in _split(text)]
    return lambda labels: all(test(labels) for test in tests)


def field_test(resource: Resource, text: str) -> Callable[[Json], bool]:
    """Whether an object fits a field selector. Raises Refusal 400 for fields that cannot be asked."""
    allowed = ("metadata.name", "metadata.namespace", *_FIELDS.get(resource, ()))
    wanted: list[tuple[str, bool, str]] = []
    for term in _split(text):
        found = _EQUAL.match(term.replace("\\=", "="))
        if found is None:
            raise Refusal(400, f"invalid field selector {text!r}; can't understand {term!r}")
        if found["key"] not in allowed:
            message = f"field label not supported: {found['key']}"
            raise Refusal(400, message)
        wanted.append((found["key"], found["op"] != "!=", found["value"]))
    return lambda item: all((_field(item, key) == value) is same for key, same, value in wanted)


def selector_test(selector: Json) -> Test:
    """Whether labels fit a LabelSelector object (matchLabels and matchExpressions)."""
    tests: list[Test] = [_equals(key, value) for key, value in part(selector, "matchLabels").items()]
    for one in entries(selector, "matchExpressions"):
        tests.append(_expression(one["key"], one["operator"].lower(), texts(one, "values")))
    return lambda labels: all(test(labels) for test in tests)


def selector_text(selector: Json) -> str:
    """A LabelSelector object in the query form, as Scale's status carries it."""
    parts = [f"{key}={value}" for key, value in sorted(part(selector, "matchLabels").items())]
    for one in entries(selector, "matchExpressions"):
        values = ",".join(texts(one, "values"))
        operator = one["operator"].lower()
        plain = {"exists": one["key"], "doesnotexist": f"!{one['key']}"}
        parts.append(plain.get(operator, f"{one['key']} {operator} ({values})"))
    return ",".join(parts)


def _split(text: str) -> list[str]:
    terms = re.split(r",(?![^(]*\))", text)
    return [term.strip() for term in terms if term.strip()]


def _label_part(term: str, text: str) -> Test:
    if found := _SET.match(term):
        values = [value.strip() for value in found["values"].split(",")]
        return _expression(found["key"], found["op"], values)
    if found := _EQUAL.match(term):
        operator = "notin" if found["op"] == "!=" else "in"
        return _expression(found["key"], operator, [found["value"]])
    if found := _COMPARE.match(term):
        return _expression(found["key"], "gt" if found["op"] == ">" else "lt", [found["value"]])
    if found := _EXISTS.match(term):
        return _expression(found["key"], "doesnotexist" if found["no"] else "exists", [])
    raise Refusal(400, f'unable to parse requirement: found {term!r} in selector "{text}"')


def _equals(key: str, value: str) -> Test:
    return lambda labels: labels.get(key) == value


def _expression(key: str, operator: str, values: list[str]) -> Test:
    match operator:
        case "in":
            return lambda labels: labels.get(key) in values
        case "notin":
            return lambda labels: labels.get(key) not in values
        case "exists":
            return lambda labels: key in labels
        case "doesnotexist":
            return lambda labels: key not in labels
        case "gt" | "lt":
            return lambda labels: _compares(labels.get(key), operator, int(values[0]))
        case _:
            raise Refusal(400, f'"{operator}" is not a valid label selector operator')


def _compares(value: str | None, operator: str, bound: int) -> bool:
    if value is None or not value.lstrip("-").isdigit():
        return False
    return int(value) > bound if operator == "gt" else int(value) < bound


def _field(item: Json, path: str) -> str:
    if path == "source":
        return str(part(item, "source").get("component", ""))
    *above, last = path.split(".")
    value: Any = part(item, *above).get(last)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
