"""From plain values to typed parts of the catalog, with each mistake at its line."""

from collections.abc import Iterable, Mapping
from typing import TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError

from model.catalog.problems import Diagnostic, did_you_mean
from model.catalog.source import Path, Source

Part = TypeVar("Part", bound=BaseModel)


def read_part(source: Source, kind: type[Part], data: object, path: Path) -> Part | None:
    """Validate `data`, which stands at `path`, as `kind`; None after noting what is wrong with it."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        for mistake in error.errors(include_url=False):
            where = (*path, *mistake["loc"])
            said = str(mistake["msg"])
            source.problems.append(_problem(source, kind, where, path, str(mistake["type"]), said))
        return None


def mapping_at(source: Source, data: object, path: Path) -> dict[str, object]:
    """`data` as a mapping; an empty one after noting that it is none."""
    if isinstance(data, dict):
        return cast(dict[str, object], data)
    source.problems.append(source.problem(path, "has to be keys with values"))
    return {}


def check_keys(source: Source, data: Mapping[str, object], known: Iterable[str], path: Path) -> None:
    """Note every key that is none of `known`."""
    names = list(known)
    for key in data:
        if key not in names:
            source.problems.append(
                source.problem((*path, key), "is not a key here.", did_you_mean(key, names))
            )


def _problem(
    source: Source, kind: type[BaseModel], where: Path, base: Path, type: str, said: str
) -> Diagnostic:
    match type:
        case "extra_forbidden":
            known = _fields(kind, where[len(base) : -1])
            return source.problem(where, "is not a key here.", did_you_mean(str(where[-1]), known))
        case "missing":
            return source.problem(where, "is missing.")
        case _:
            return source.problem(where, said.removeprefix("Value error, ") + ".")


def _fields(kind: type[BaseModel], path: Path) -> list[str]:
    """The keys that may stand at a path below a model."""
    found: type[BaseModel] | None = kind
    for part in path:
        if isinstance(part, int) or found is None:
            continue
        info = found.model_fields.get(part)
        found = _model_in(info.annotation) if info else found
    return list(found.model_fields) if found else []


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for arg in get_args(annotation) if (model := _model_in(arg))), None)
