"""The five systems of the example catalog, by service id."""

from pathlib import Path

from backends.registry import target_types
from model.catalog.schema import Catalog, Service
from model.catalog_loader import load_catalog

CATALOG: Catalog = load_catalog(Path(__file__).parents[2] / "examples" / "catalog", target_types())
MOST_LOOKS = 400


def service(id: str) -> Service:
    found = CATALOG.service(id)
    assert found is not None
    return found
