"""JSON patch, JSON merge patch, and the strategic merge patch of Kubernetes."""

import copy
from typing import Any, cast

from playground.kubernetes.resources import Json
from playground.kubernetes.status import Refusal

MERGE_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "env": "name",
    "volumes": "name",
    "imagePullSecrets": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "hostAliases": "ip",
    "ports": "containerPort",
    "topologySpreadConstraints": "topologyKey",
    "conditions": "type",
    "ownerReferences": "uid",
    "addresses": "type",
    "taints": "key",
}
"""Lists of objects that merge by a key; every other list of objects is replaced whole.

Source: the patchMergeKey tags of the Kubernetes API types for the kinds served here.
"""

MERGED_PRIMITIVES = ("finalizers",)


def json_patch(item: Json, operations: Any) -> Json:
    """RFC 6902. Raises Refusal 400 for what is no patch, 422 when an operation does not apply."""
    if not isinstance(operations, list):
        raise Refusal(400, "cannot unmarshal a json patch that is not a list of operations")
    document: Any = copy.deepcopy(item)
    for operation in cast("list[Any]", operations):
        try:
            document = _operate(document, operation)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
            message = "the server rejected our request due to an error in our request"
            raise Refusal(422, message) from error
    return document


def merge_patch(item: Any, patch: Any) -> Any:
    """RFC 7386: null deletes, objects merge, everything else replaces."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    merged: Json = dict(cast("Json", item)) if isinstance(item, dict) else {}
    for key, value in cast("Json", patch).items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def strategic_patch(item: Any, patch: Json) -> Json:
    """Merge patch whose known lists merge by key, with the `$patch` directives.

    Raises Refusal 400 for a list entry without its merge key or an unknown directive.
    """
    merged: Json = copy.deepcopy(cast("Json", item)) if isinstance(item, dict) else {}
    directive = patch.get("$patch")
    if directive == "replace":
        return {key: value for key, value in patch.items() if key != "$patch"}
    if directive == "delete":
        return {}
    if directive is not None and directive != "merge":
        raise Refusal(400, f"Unknown patch type found: {directive}")
    for key in set(merged) - set(patch.get("$retainKeys") or merged):
        del merged[key]
    for key, value in patch.items():
        _merge_field(merged, key, value, patch)
    return merged


def _merge_field(merged: Json, key: str, value: Any, patch: Json) -> None:
    if key.startswith("$deleteFromPrimitiveList/"):
        field = key.partition("/")[2]
        kept = cast("list[Any] | None", merged.get(field)) or []
        merged[field] = [one for one in kept if one not in value]
    elif key.startswith("$"):
        return
    elif value is None:
        merged.pop(key, None)
    elif isinstance(value, dict):
        merged[key] = strategic_patch(merged.get(key), cast("Json", value))
    elif isinstance(value, list):
        order = cast("list[Any]", patch.get(f"$setElementOrder/{key}") or [])
        merged[key] = _merge_list(merged.get(key) or [], cast("list[Any]", value), key, order)
    else:
        merged[key] = value


def _merge_list(old: list[Any], new: list[Any], field: str, order: list[Any]) -> list[Any]:
    if field in MERGED_PRIMITIVES:
        return old + [one for one in new if one not in old]
    merge_key = MERGE_KEYS.get(field)
    if merge_key is None or not all(isinstance(one, dict) for one in new):
        return copy.deepcopy(new)
    if any(one.get("$patch") == "replace" for one in new):
        return [one for one in new if "$patch" not in one]
    merged: dict[Any, Json] = {one.get(merge_key): one for one in old}
    for one in new:
        if merge_key not in one:
            raise Refusal(400, f"map: {one} does not contain declared merge key: {merge_key}")
        if one.get("$patch") == "delete":
            merged.pop(one[merge_key], None)
        else:
            merged[one[merge_key]] = strategic_patch(merged.get(one[merge_key]), one)
    rank = {one.get(merge_key): place for place, one in enumerate(order)}
    return sorted(merged.values(), key=lambda one: rank.get(one.get(merge_key), len(rank)))


def _operate(document: Any, operation: Json) -> Any:
    path = _pointer(operation["path"])
    match operation["op"]:
        case "add":
            return _add(document, path, copy.deepcopy(operation["value"]))
        case "replace":
            _read(document, path)
            return _add(_remove(document, path), path, copy.deepcopy(operation["value"]))
        case "remove":
            return _remove(document, path)
        case "test":
            if _read(document, path) != operation.get("value"):
                raise ValueError("testing value failed")
            return document
        case "copy":
            return _add(document, path, copy.deepcopy(_read(document, _pointer(operation["from"]))))
        case "move":
            source = _pointer(operation["from"])
            value = _read(document, source)
            return _add(_remove(document, source), path, value)
        case other:
            raise ValueError(f"unexpected kind: {other}")


def _pointer(text: str) -> list[str]:
    if text and not text.startswith("/"):
        raise ValueError(f"not a JSON pointer: {text}")
    return [part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:]]


def _index(items: list[Any], part: str, end: int) -> int:
    place = int(part)
    if not 0 <= place < end or (part != "0" and part.startswith("0")) or (not items and place):
        raise IndexError(part)
    return place


def _read(document: Any, path: list[str]) -> Any:
    for part in path:
        if isinstance(document, list):
            items = cast("list[Any]", document)
            document = items[_index(items, part, len(items))]
        else:
            document = document[part]
    return document


def _add(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent = _read(document, path[:-1])
    if isinstance(parent, list):
        items = cast("list[Any]", parent)
        items.insert(len(items) if path[-1] == "-" else _index(items, path[-1], len(items) + 1), value)
    else:
        parent[path[-1]] = value
    return document


def _remove(document: Any, path: list[str]) -> Any:
    parent = _read(document, path[:-1])
    if isinstance(parent, list):
        items = cast("list[Any]", parent)
        del items[_index(items, path[-1], len(items))]
    else:
        del parent[path[-1]]
    return document
