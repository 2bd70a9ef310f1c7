"""Where the shipped catalog is: in the checkout, or inside the package that was installed."""

from pathlib import Path

_HERE = Path(__file__).parent
_PLACES = (_HERE / "example_catalog", _HERE.parent / "examples" / "catalog")
"""`example_catalog` is in the wheel and the image only (pyproject.toml, Dockerfile)."""

CATALOG = next((place for place in _PLACES if place.is_dir()), _PLACES[-1])
"""The example catalog of the five systems."""
