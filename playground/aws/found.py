"""Finds the services of AWS that are modelled here."""

import importlib
import pkgutil
from functools import cache

from playground.aws import services
from playground.aws.modelled import Modelled


@cache
def modelled() -> dict[str, Modelled]:
    """Every service that a module of `playground.aws.services` declares, by its signing name."""
    found: dict[str, Modelled] = {}
    for module in pkgutil.iter_modules(services.__path__):
        declared = vars(importlib.import_module(f"{services.__name__}.{module.name}")).values()
        for one in (value for value in declared if isinstance(value, Modelled)):
            found[one.signing] = one
    return found
