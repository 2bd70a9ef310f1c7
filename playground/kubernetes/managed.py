"""Field managers: who set which field last, and when, as `metadata.managedFields` tells it."""

import copy
import json
from datetime import datetime
from typing import Any, cast

from playground.kubernetes.patches import MERGE_KEYS
from playground.kubernetes.requests import ApiRequest
from playground.kubernetes.resources import Json, entries, part
from playground.kubernetes.store import stamp

_UNTRACKED = (
    "managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "name", "namespace",
    "deletionTimestamp", "deletionGracePeriodSeconds",
)  # fmt: skip


def booked(item: Json, before: Json | None, ask: ApiRequest, moment: datetime) -> Json:
    """A copy of the object in which the fields that changed belong to the asker's manager.

    A manager that loses its last field disappears. Only the "Update" operation exists here.
    """
    item = copy.deepcopy(item)
    old = entries(part(before or {}, "metadata"), "managedFields")
    item["metadata"].pop("managedFields", None)
    if old:
        item["metadata"]["managedFields"] = copy.deepcopy(old)
    changed = _changes(_tracked(before or {}, ask.sub), _tracked(item, ask.sub))
    if not changed:
        return item
    others: list[Json] = []
    mine: Json = {}
    for entry in copy.deepcopy(old):
        if entry["manager"] == ask.manager and entry.get("subresource", "") == ask.sub:
            mine = entry["fieldsV1"]
            continue
        left = _without(entry["fieldsV1"], changed)
        if left:
            others.append(entry | {"fieldsV1": left})
    entry = {
        "manager": ask.manager,
        "operation": "Update",
        "apiVersion": ask.resource.api_version,
        "time": stamp(moment),
        "fieldsType": "FieldsV1",
        "fieldsV1": _union(mine, changed),
    }
    item["metadata"]["managedFields"] = [*others, entry | ({"subresource": ask.sub} if ask.sub else {})]
    return item


def _tracked(item: Json, sub: str) -> Json:
    ignored = ("kind", "apiVersion", "spec" if sub == "status" else "status")
    kept = {key: value for key, value in item.items() if key not in ignored}
    meta = {key: value for key, value in part(item, "metadata").items() if key not in _UNTRACKED}
    return kept | {"metadata": meta}


def _changes(before: Any, after: Any, field: str = "") -> Json:
    """The fields of `after` that differ from `before`, as a FieldsV1 tree."""
    old, new = _children(before, field), _children(after, field)
    changed: Json = {}
    for key, (name, value) in new.items():
        if key in old and old[key][1] == value:
            continue
        changed[key] = _changes(old[key][1] if key in old else None, value, name)
    return changed


def _children(value: Any, field: str) -> dict[str, tuple[str, Any]]:
    """The children of a value by their FieldsV1 key; a leaf has none."""
    if isinstance(value, dict):
        return {f"f:{name}": (name, one) for name, one in cast("Json", value).items()}
    merge_key = MERGE_KEYS.get(field)
    if isinstance(value, list) and merge_key:
        found: dict[str, tuple[str, Any]] = {}
        for one in cast("list[Json]", value):
            found["k:" + json.dumps({merge_key: one.get(merge_key)}, separators=(",", ":"))] = ("", one)
        return found
    return {}


def _without(tree: Json, taken: Json) -> Json:
    left: Json = {}
    for key, below in tree.items():
        if key not in taken:
            left[key] = below
        elif below and taken[key]:
            rest = _without(below, taken[key])
            if rest:
                left[key] = rest
    return left


def _union(one: Json, other: Json) -> Json:
    joined = dict(one)
    for key, below in other.items():
        joined[key] = _union(joined.get(key, {}), below)
    return joined
