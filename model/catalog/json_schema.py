"""The JSON Schema of a catalog file, for editors that complete and check YAML as it is typed."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from model.catalog.schema import People, Service, Target
from model.catalog.system import System

_REF = "#/$defs/{model}"


def system_schema(targets: Mapping[str, type[Target]]) -> dict[str, Any]:
    """The schema of a system's file, with the kinds of target that there are.

    targets: the settings class of each backend kind.
    """
    kinds = list(targets.values())
    definitions = _definitions([System, Service, *kinds])
    service = definitions["Service"]
    for filled in ("system", "rehearsal"):
        del service["properties"][filled]
    del definitions["Template"]["properties"]["text"]
    definitions["Target"] = {
        "description": "Where something lives: one of the kinds that there are.",
        "oneOf": [{"$ref": _REF.format(model=kind.__name__)} for kind in kinds],
    }
    for name, kind in targets.items():
        definition = definitions[kind.__name__]
        definition["properties"]["kind"] = {"const": name, "description": "says that it is of this kind"}
        definition["required"] = sorted({"kind", *definition.get("required", [])})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One system of a Muster catalog and its services",
        "type": "object",
        "additionalProperties": False,
        "required": ["system", "services"],
        "properties": {
            "system": {"$ref": _REF.format(model="System"), "description": "what holds for all its services"},
            "services": {
                "type": "array",
                "items": {"$ref": _REF.format(model="Service")},
                "description": "what can be looked at and changed",
            },
        },
        "$defs": definitions,
    }


def people_schema() -> dict[str, Any]:
    """The schema of `people.yaml`."""
    schema = People.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _definitions(models: list[type[BaseModel]]) -> dict[str, Any]:
    wanted: list[tuple[type[BaseModel], Literal["validation"]]] = [(model, "validation") for model in models]
    _, whole = models_json_schema(wanted, ref_template=_REF)
    return cast(dict[str, Any], whole["$defs"])
