"""Finds the kinds of target and the backends that reach them; importing them loads no cloud SDK."""

import importlib
import pkgutil
from functools import cache
from typing import cast

import backends as room
from backends.shared import Kind, shared
from model.catalog.schema import Target
from model.ports.backend import Backend
from model.ports.backend_kind import BackendKind, BackendSettings

__all__ = ["BackendSettings", "backends", "kinds", "target_types"]


@cache
def kinds() -> dict[str, Kind]:
    """Every `BackendKind` that a module or package of this room declares, by its name.

    Raises ValueError when two have the same name.
    """
    found: dict[str, Kind] = {}
    for module in sorted(pkgutil.iter_modules(room.__path__), key=lambda one: one.name):
        if module.name == "registry":
            continue
        declared = vars(importlib.import_module(f"{room.__name__}.{module.name}")).values()
        for kind in (cast(Kind, value) for value in declared if isinstance(value, BackendKind)):
            if kind.name in found and found[kind.name] is not kind:
                raise ValueError(f"two backends are called {kind.name}")
            found[kind.name] = kind
    return found


def target_types() -> dict[str, type[Target]]:
    """The settings class of every kind."""
    return {name: kind.target for name, kind in kinds().items()}


def backends(settings: BackendSettings) -> dict[str, Backend]:
    """One backend a kind. Nothing is connected yet."""
    means = shared(settings)
    return {name: kind.build(means) for name, kind in kinds().items()}
