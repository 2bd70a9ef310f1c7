"""What people can type: one file per command. A new file here is a new command, and nothing else."""

import importlib
import pkgutil

from model.language.declare import Command
from model.language.registry import Registry


def registry() -> Registry:
    """Every command declared in the modules of this package. Raises ValueError for doubles."""
    found: list[Command] = []
    for module in pkgutil.walk_packages(__path__, f"{__name__}."):
        names = vars(importlib.import_module(module.name)).values()
        found += [value for value in names if isinstance(value, Command)]
    return Registry.of(found)
