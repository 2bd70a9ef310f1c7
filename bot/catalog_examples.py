"""Examples for `docs/catalog.md`: two small catalogs, and each part as it stands in the shipped one."""

from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import yaml

from backends.registry import target_types
from bot.examples import CATALOG
from model.catalog.json_schema import people_schema, system_schema
from model.catalog.source import read_source
from model.catalog.words import Node, at_key, resolved

SMALLEST = """\
# yaml-language-server: $schema=catalog.schema.json
system: {id: shop}
services:
  - id: checkout
    owners: shop-team
    target: {kind: ecs, region: eu-west-1, cluster: shop, service: checkout}
"""
"""A whole catalog."""

USUAL = """\
# yaml-language-server: $schema=catalog.schema.json
system:
  id: shop
  name: Web shop
  severities:
    levels:
      - {id: P1, means: Nobody can buy, respond_within: 5m}
      - {id: P2, means: Some cannot buy, respond_within: 30m}
services:
  - id: checkout
    name: Checkout
    environment: production
    owners: shop-team
    on_call: shop-on-call
    target: {kind: lambda, region: eu-west-1, function: checkout, alias: live}
    also:
      - {kind: cloudwatch-logs, region: eu-west-1, group: /aws/lambda/checkout}
    aliases: [shop]
    limits: {hard_min: 1, hard_max: 50}
    health: [{url: "https://shop.example.com/health", slow_ms: 500}]
    approvals: {R2: 1, R3: 2}
"""
"""A catalog with the keys that most have."""


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas, by the names of their files beside the examples."""
    return {"catalog.schema.json": system_schema(target_types()), "people.schema.json": people_schema()}


@cache
def shipped() -> dict[str, str]:
    """An example of each part but System and Service: with the most keys, and of these the shortest.

    A part that the shipped catalog has nowhere gives one of its own in its schema.
    """
    system, people = schemas().values()
    found: dict[str, list[str]] = {}
    for file in sorted(CATALOG.glob("*.yaml")):
        schema = people if file.name == "people.yaml" else system
        for name, value in _found(read_source(file).data, schema, schema):
            found.setdefault(name, []).append(_written(value))
    own = {
        name: _written(part["examples"][0])
        for name, part in cast(dict[str, Any], system["$defs"]).items()
        if "examples" in part
    }
    chosen = {name: min(texts, key=_rank) for name, texts in found.items()}
    return {name: text for name, text in (own | chosen).items() if name not in {"System", "Service"}}


def _rank(text: str) -> tuple[int, int]:
    return -len(yaml.safe_load(text)), len(text)


def _found(data: object, node: Node, root: Node) -> Iterator[tuple[str, object]]:
    """Each part in `data` by the name of its definition; of lists of parts in it only the first stays."""
    name, known = str(node.get("$ref", "")).rsplit("/", 1)[-1], resolved(node, root)
    for choice in cast(list[Node], known.get("anyOf", ())):
        yield from _found(data, choice, root)
    for choice in cast(list[Node], known.get("oneOf", ())):
        kind = resolved(choice, root)["properties"]["kind"]["const"]
        if isinstance(data, dict) and cast(dict[str, object], data).get("kind") == kind:
            yield from _found(cast(object, data), choice, root)
    if isinstance(data, list) and "items" in known:
        for one in cast(list[object], data):
            yield from _found(one, known["items"], root)
    elif isinstance(data, dict):
        mapping = cast(dict[str, object], data)
        if name and "properties" in known:
            yield name, {key: _first(value) for key, value in mapping.items()}
        for key, value in mapping.items():
            below = at_key(known, key)
            if below is not None:
                yield from _found(value, below, root)


def _first(value: object) -> object:
    if not isinstance(value, list):
        return value
    items = cast(list[object], value)
    return items[:1] if items and isinstance(items[0], dict) else items


def _written(value: object) -> str:
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as people write them, lists set in."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists are set in, below their key."""
        super().increase_indent(flow, False)


def _text(_: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
