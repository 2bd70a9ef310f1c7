"""From plain values to typed parts of the catalog, with each mistake at its line."""

from collections.abc import Iterable, Mapping
from typing import TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from model.catalog.problems import Diagnostic, did_you_mean
from model.catalog.source import Path, Source
from model.catalog.words import Node, at, may_be, resolved

_LONGEST = 60
"""Characters of a value that are told."""

Part = TypeVar("Part", bound=BaseModel)


def read_part(source: Source, kind: type[Part], data: object, path: Path) -> Part | None:
    """Validate `data`, which stands at `path`, as `kind`; None after noting what is wrong with it."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        for mistake in error.errors(include_url=False):
            source.problems.append(_problem(source, kind, mistake, path))
        return None


def mapping_at(source: Source, data: object, path: Path) -> dict[str, object]:
    """`data` as a mapping; an empty one after noting that it is none."""
    if isinstance(data, dict):
        return cast(dict[str, object], data)
    what = ": ".join(filter(None, (_there(data), "it has to be keys with values.")))
    source.problems.append(source.problem(path, what))
    return {}


def check_keys(source: Source, data: Mapping[str, object], known: Iterable[str], path: Path) -> None:
    """Note every key that is none of `known`."""
    names = list(known)
    for key in data:
        if key not in names:
            source.problems.append(
                source.problem((*path, key), "is not a key here.", did_you_mean(key, names))
            )


def _problem(source: Source, kind: type[BaseModel], mistake: ErrorDetails, base: Path) -> Diagnostic:
    """One mistake that pydantic found: what stands there, and what could."""
    below = mistake["loc"]
    where, schema = (*base, *below), kind.model_json_schema()
    match mistake["type"]:
        case "extra_forbidden":
            above = at(schema, below[:-1]) or {}
            known = resolved(above, schema).get("properties") or _of_choices(above, schema)
            return source.problem(where, "is not a key here.", did_you_mean(str(below[-1]), known))
        case "missing":
            return source.problem(where, "is missing.", _could_be(schema, below, is_missing=True))
        case "value_error":
            said = str(mistake["msg"]).removeprefix("Value error, ")
            what = ": ".join(filter(None, (_there(mistake["input"]), said)))
            return source.problem(where, f"{what}.", _could_be(schema, below))
        case _:
            what = _there(mistake["input"]) or str(mistake["msg"])
            could = (_near(mistake, schema, below), _could_be(schema, below))
            return source.problem(where, f"{what}.", " ".join(filter(None, could)))


def _there(value: object) -> str:
    """What stands there, before what is said of it; empty for what takes several lines."""
    match value:
        case bool():
            return f"`{str(value).lower()}` stands here"
        case None:
            return "nothing stands here"
        case str() | int() | float():
            text = str(value)
            return f"`{text if len(text) <= _LONGEST else text[:_LONGEST] + '…'}` stands here"
        case _:
            return ""


def _could_be(schema: Node, path: Path, *, is_missing: bool = False) -> str:
    """`It may be a whole number, 1 to 9.`; of what is missing also what it is for."""
    node = at(schema, path)
    if node is None or not path:
        return ""
    about = f": {node['description']}" if is_missing and node.get("description") else ""
    return f"It may be {may_be(node, schema)}{about}."


def _near(mistake: ErrorDetails, schema: Node, path: Path) -> str:
    """The name that was meant, where only some names may stand."""
    names = resolved(at(schema, path) or {}, schema).get("enum", ())
    suggestion = did_you_mean(str(mistake["input"]), names)
    return suggestion if suggestion.startswith("Did") else ""


def _of_choices(node: Node, schema: Node) -> list[str]:
    """The keys of whatever may stand at a node of several choices."""
    return [key for choice in node.get("anyOf", ()) for key in resolved(choice, schema).get("properties", ())]
