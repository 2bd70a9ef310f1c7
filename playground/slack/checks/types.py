"""Check blocks and views against the JSON Schema generated from Slack's published types."""

import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import jsonschema
from jsonschema import exceptions

from playground.slack.written import Json

SCHEMA = Path(__file__).parent.parent / "schema" / "blocks.json"


def type_errors(blocks: list[Json]) -> list[str]:
    """Every block that is not of a shape Slack publishes, with where and why."""
    return [text for number, block in enumerate(blocks) for text in _block_errors(block, f"/blocks/{number}")]


def view_type_errors(view: Json) -> list[str]:
    """The frame of a view (its blocks are left to `type_errors`)."""
    frame: Json = {**view, "blocks": []}
    name = "HomeView" if view.get("type") == "home" else "ModalView"
    return [_say(error, "/view") for error in _errors(name, frame)]


def _block_errors(block: Json, at: str) -> list[str]:
    name = _names().get(str(block.get("type")))
    if name is None:
        return [f"unsupported type: {block.get('type')} [json-pointer:{at}/type]"]
    return [_say(error, at) for error in _errors(name, block)]


def _errors(name: str, payload: Json) -> list[jsonschema.ValidationError]:
    # The stubs of jsonschema leave some types unknown, hence the two casts.
    errors = cast("Any", _validator(name)).iter_errors(payload)
    found: jsonschema.ValidationError | None = cast("Any", exceptions).best_match(errors)
    return [found] if found else []


def _say(error: jsonschema.ValidationError, at: str) -> str:
    path = "/".join(str(step) for step in cast("Iterable[Any]", error.absolute_path))
    return f"{error.message[:300]} [json-pointer:{at}{'/' + path if path else ''}]"


@functools.cache
def _schema() -> Json:
    return cast("Json", json.loads(SCHEMA.read_text()))


@functools.cache
def _validator(name: str) -> jsonschema.Draft7Validator:
    definitions = _schema()["definitions"]
    return jsonschema.Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": definitions})


@functools.cache
def _names() -> dict[str, str]:
    """Definition names by block type."""
    definitions: dict[str, Json] = _schema()["definitions"]
    members = [str(entry["$ref"]).rsplit("/", 1)[1] for entry in definitions["KnownBlock"]["anyOf"]]
    return {_type_of(definitions[name]): name for name in members}


def _type_of(definition: Json) -> str:
    """The constant in `type`; an image has two forms with one type."""
    form = definition if "properties" in definition else definition["anyOf"][0]
    return str(form["properties"]["type"]["const"])
