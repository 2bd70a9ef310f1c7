"""The JSON Schema for editors agrees with what the loader takes."""

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from backends.registry import target_types
from model.catalog.json_schema import people_schema, system_schema
from model.catalog.source import read_source

EXAMPLES = Path(__file__).parents[2] / "examples" / "catalog"
SYSTEMS = sorted(file for file in EXAMPLES.glob("*.yaml") if file.name != "people.yaml")


def mistakes(schema: dict[str, Any], data: object) -> list[str]:
    Draft202012Validator.check_schema(schema)
    return [error.message for error in Draft202012Validator(schema).iter_errors(data)]


@pytest.mark.parametrize("file", SYSTEMS, ids=lambda file: file.name)
def test_every_example_fits(file: Path) -> None:
    assert mistakes(system_schema(target_types()), read_source(file).data) == []


def test_the_people_of_the_example_fit() -> None:
    assert mistakes(people_schema(), read_source(EXAMPLES / "people.yaml").data) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("kind: kubernetes", "kind: nomad"),
        ("hard_max: 20", "hard_mx: 20"),
        ("respond_within: 5m", "respond_within: 5"),
        ("environment: production", "environment: prod"),
        ("namespace: architect-production", "namespac: architect-production"),
        ("id: architect-api", "id: Architect API"),
    ],
)
def test_what_the_loader_refuses_an_editor_marks(tmp_path: Path, right: str, wrong: str) -> None:
    text = (EXAMPLES / "architect.yaml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "a.yaml").write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert mistakes(system_schema(target_types()), read_source(tmp_path / "a.yaml").data)
