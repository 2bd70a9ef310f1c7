"""`docs/catalog.md` has every key with its words, its examples load, and editors are given the same."""

import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from backends.registry import target_types
from bot.catalog_examples import SMALLEST, USUAL, schemas, shipped
from bot.catalog_reference import title_of
from bot.cli.reference import DOCS
from bot.examples import CATALOG
from model.catalog.fields import CatalogModel
from model.catalog.source import read_source
from model.catalog_loader import load_catalog

PAGE = (DOCS / "catalog.md").read_text()
PARTS = [
    (name, node)
    for schema in schemas().values()
    for name, node in schema["$defs"].items()
    if "properties" in node
]


def classes() -> dict[str, type[CatalogModel]]:
    found, waiting = {}, [CatalogModel]
    while waiting:
        one = waiting.pop()
        found[one.__name__] = one
        waiting += one.__subclasses__()
    return found


def section(name: str) -> str:
    return PAGE.split(f"\n### {title_of(name)}\n", 1)[1].split("\n## ")[0].split("\n### ")[0]


@pytest.mark.parametrize(("name", "node"), PARTS, ids=[name for name, _ in PARTS])
def test_each_key_stands_there_with_its_type_default_and_what_it_is(name: str, node: dict[str, Any]):
    rows = {
        row[1].strip("` "): [cell.strip() for cell in row[2:-1]]
        for row in (re.split(r"(?<!\\)\|", line) for line in section(name).splitlines() if "|" in line)
    }
    for key in node["properties"]:
        type, unit, default, about = rows[key]
        assert type and unit and default and about, key
        assert (default == "required") == (key in node.get("required", ())), key
    assert "Declared in `" in section(name)


@pytest.mark.parametrize("name", [name for name, _ in PARTS if name not in {"System", "Service"}])
def test_each_part_has_an_example_that_loads(name: str, tmp_path: Path):
    assert f"```yaml\n{shipped()[name]}```" in section(name)
    (tmp_path / "part.yaml").write_text(shipped()[name])
    TypeAdapter(classes()[name]).validate_python(read_source(tmp_path / "part.yaml").data)


@pytest.mark.parametrize("text", [SMALLEST, USUAL], ids=["smallest", "usual"])
def test_the_small_catalogs_load_and_editors_find_nothing_wrong(text: str, tmp_path: Path):
    assert f"```yaml\n{text}```" in PAGE
    (tmp_path / "shop.yaml").write_text(text)
    [service] = load_catalog(tmp_path, target_types()).services
    assert service.id == "checkout"
    assert not list(checker("shop.yaml").iter_errors(read_source(tmp_path / "shop.yaml").data))


@pytest.mark.parametrize("file", sorted(CATALOG.glob("*.yaml")), ids=lambda one: one.name)
def test_a_shipped_file_names_its_schema_and_fits_it(file: Path):
    first = file.read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (CATALOG / named).is_file()
    assert not list(checker(file.name).iter_errors(read_source(file).data))


def checker(file: str) -> Draft202012Validator:
    name = "people.schema.json" if file == "people.yaml" else "catalog.schema.json"
    schema = TypeAdapter(dict[str, Any]).validate_json((CATALOG / name).read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)
