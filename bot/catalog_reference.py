"""`docs/catalog.md`: every key of the catalog, and an example of each part out of the shipped catalog."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from backends.registry import target_types
from bot.catalog_examples import SMALLEST, USUAL, schemas, shipped
from model.catalog.fields import CatalogModel
from model.catalog.words import Node, may_be, resolved

_LEAD = """\
A folder of YAML files: one for each system and its services, and `people.yaml`. `muster check --catalog PATH`
reads it and tells of each mistake its file, its line, what stands there and what could. What has a default
may be left out; text is written as it is, `no` and `12:30` are text too, and a key stands once.

The first line of a file tells editors with a YAML language server what its keys are: copy
`catalog.schema.json` and `people.schema.json` from the [examples](../examples/catalog) beside your files."""
_HEAD = "| key | type | unit | default | what it is |\n|---|---|---|---|---|"
_UNITS = {"_ms": "ms", "_s": "seconds", "_percent": "%"}


def schema_text(schema: dict[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def catalog_page(generated: str) -> str:
    """The whole page. generated: the comment that says so."""
    system, people = schemas().values()
    parts = ["# Catalog", generated, _LEAD]
    parts += ["## The smallest", _yaml(SMALLEST), "## A usual one", _yaml(USUAL)]
    parts += ["## A system's file", _table(system, system), *_sections(system, ("System", "Service"))]
    kinds = {kind.__name__: name for name, kind in target_types().items()}
    parts += ["## Kinds of target", "A target is one of these, told apart by its `kind`."]
    parts += _sections(system, tuple(kinds))
    parts += ["## `people.yaml`", people["description"], _table(people, people)]
    parts += _sections(people, tuple(people["$defs"]))
    return "\n\n".join(parts) + "\n"


def title_of(name: str) -> str:
    """`kind: ecs` for a target, `Severity level` for `SeverityLevel`."""
    kinds = {kind.__name__: kind_name for kind_name, kind in target_types().items()}
    if name in kinds:
        return f"`kind: {kinds[name]}`"
    words = re.findall(r"[A-Z][a-z0-9]*", name)
    return " ".join([words[0], *(word.lower() for word in words[1:])])


def _sections(schema: Node, names: tuple[str, ...]) -> Iterator[str]:
    """The parts of these names, each followed by what it is made of, where no other has been told it."""
    told: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        node = schema["$defs"][name]
        if name in told or "properties" not in node:
            continue
        told.add(name)
        yield from _section(schema, name, node)
        inner = [found for found in re.findall(r"#/\$defs/(\w+)", json.dumps(node)) if found not in names]
        waiting = [*(found for found in inner if found in schema["$defs"]), *waiting]


def _section(schema: Node, name: str, node: Node) -> Iterator[str]:
    yield f"### {title_of(name)}"
    module = _classes()[name].__module__.replace(".", "/")
    yield f"{' '.join(str(node['description']).split())} Declared in `{module}.py`."
    yield _table(node, schema)
    example = shipped().get(name)
    yield "[A usual one](#a-usual-one)." if example is None else _yaml(example)


def _table(node: Node, schema: Node) -> str:
    required = node.get("required", ())
    rows = [
        (
            f"`{key}`",
            may_be(one, schema, _link),
            _unit(key, one),
            _default(key, one, required),
            str(one.get("description") or resolved(one, schema).get("description", "")),
        )
        for key, one in cast(dict[str, Node], node["properties"]).items()
    ]
    return "\n".join([_HEAD, *(f"| {' | '.join(_cell(text) for text in row)} |" for row in rows)])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _link(name: str) -> str:
    if name == "Target":
        return "[a target](#kinds-of-target)"
    title = title_of(name)
    anchor = re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-")
    return f"[{title.lower()}](#{anchor})"


def _unit(key: str, node: Node) -> str:
    said = node.get("x-unit") or next((unit for end, unit in _UNITS.items() if key.endswith(end)), "")
    if not said and "[smhd]" in json.dumps(node):
        said = "s, m, h or d"
    return said or "–"


def _default(key: str, node: Node, required: Any) -> str:
    if key in required:
        return "required"
    if "x-default" in node:
        return str(node["x-default"])
    default = node.get("default")
    return (
        "–"
        if default in (None, "", [], {})
        else f"`{json.dumps(default, ensure_ascii=False).strip(chr(34))}`"
    )


def _yaml(text: str) -> str:
    return f"```yaml\n{text}```"


def _classes() -> dict[str, type[CatalogModel]]:
    """Every part of the catalog by its class's name."""
    found: dict[str, type[CatalogModel]] = {}
    waiting: list[type[CatalogModel]] = [CatalogModel]
    while waiting:
        one = waiting.pop()
        found[one.__name__] = one
        waiting += one.__subclasses__()
    return found
