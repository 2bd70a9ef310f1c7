"""What may stand at a key of the catalog, in words: for `muster check` and for `docs/catalog.md`."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from model.catalog.problems import listed

Node = Mapping[str, Any]
"""A part of a JSON Schema."""

Naming = Callable[[str], str]
"""What a part with keys of its own is called, by the name of its definition."""


def resolved(node: Node, root: Node) -> Node:
    """The node itself, or the definition it refers to."""
    reference = str(node.get("$ref", ""))
    return root["$defs"][reference.rsplit("/", 1)[-1]] if reference else node


def at(root: Node, path: tuple[str | int, ...]) -> Node | None:
    """The node of a path such as `("limits", "hard_max")`; None where the schema knows none."""
    here: Node | None = root
    for part in path:
        if here is None:
            return None
        here = _below(resolved(here, root), part, root)
    return here


def _below(node: Node, part: str | int, root: Node) -> Node | None:
    for choice in cast(list[Node], node.get("anyOf") or [node]):
        known = resolved(choice, root)
        found = known.get("items") if isinstance(part, int) else at_key(known, part)
        if found is not None:
            return found
    return None


def at_key(node: Node, key: str) -> Node | None:
    """What may stand at a key of a mapping; None where it is no key of it."""
    return node.get("properties", {}).get(key, _values(node))


def _values(node: Node) -> Node | None:
    """What each value of a mapping may be, where its keys are free."""
    patterns = cast(Node, node.get("patternProperties") or {})
    values: object = next(iter(patterns.values()), node.get("additionalProperties"))
    return cast(Node, values) if isinstance(values, dict) else None


def may_be(node: Node, root: Node, naming: Naming = "keys of {}".format) -> str:
    """Words for what may stand there, such as `a whole number, 1 to 9`.

    root: the schema with the definitions. naming: says a part that has keys of its own.
    """
    if "anyOf" in node:
        choices = [one for one in cast(list[Node], node["anyOf"]) if one.get("type") != "null"]
        return " or ".join(may_be(one, root, naming) for one in choices)
    known = resolved(node, root)
    if "properties" in known:
        return naming(str(node.get("$ref", known.get("title", ""))).rsplit("/", 1)[-1])
    if "oneOf" in known:
        return naming(str(node.get("$ref", "")).rsplit("/", 1)[-1])
    if "const" in known:
        return f"`{known['const']}`"
    if "enum" in known:
        return listed(known["enum"])
    return _by_type(known, root, naming)


def _by_type(node: Node, root: Node, naming: Naming) -> str:
    match node.get("type"):
        case "boolean":
            return "`true` or `false`"
        case "integer" | "number" as type:
            return ("a whole number" if type == "integer" else "a number") + _range(node)
        case "array":
            return "a list of " + may_be(node.get("items", {}), root, naming).removeprefix("a list of ")
        case "object":
            values = _values(node)
            return f"names, each with {may_be(values, root, naming) if values else 'anything'}"
        case "string":
            return "text" + _such_as(node)
        case _:
            return "anything"


def _such_as(node: Node) -> str:
    if node.get("examples"):
        return f" such as {listed(node['examples'])}"
    return f" that matches `{node['pattern']}`" if node.get("pattern") else ""


def _range(node: Node) -> str:
    low, high, above = node.get("minimum"), node.get("maximum"), node.get("exclusiveMinimum")
    if low is not None and high is not None:
        return f", {low:g} to {high:g}"
    if above is not None:
        return f", more than {above:g}" + (f", at most {high:g}" if high is not None else "")
    return f", {low:g} or more" if low is not None else ""
