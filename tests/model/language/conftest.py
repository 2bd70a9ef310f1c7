"""A small catalog and the places where people type."""

from pathlib import Path

import pytest

import commands
from backends.registry import target_types
from model.catalog.schema import Catalog
from model.catalog_loader import load_catalog
from model.incidents.declare import statuses_of
from model.language.parameters import ParseContext

CATALOG: Catalog = load_catalog(Path(__file__).parents[3] / "examples" / "catalog", target_types())
REGISTRY = commands.registry()


def typed_in(service: str | None = None) -> ParseContext:
    severities = tuple(dict.fromkeys(one.id for each in CATALOG.systems for one in each.severities.levels))
    statuses = tuple(dict.fromkeys(one.capitalize() for each in CATALOG.systems for one in statuses_of(each)))
    return ParseContext(CATALOG, "T0MUSTER", service, severities, statuses)


@pytest.fixture
def setting() -> ParseContext:
    return typed_in()
