"""A service of AWS that is modelled here, declared in its own file and found by the endpoint."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from playground.aws.world import Operation, World


@dataclass(frozen=True)
class Modelled:
    """One service. signing: its name in a signature; model: botocore's name of it.

    seed: puts what the runbooks name in place, before anyone plays. prefix: its name in IAM actions,
    where that is not the signing name.
    """

    signing: str
    model: str
    operations: Mapping[str, Operation]
    seed: Callable[[World], None] = lambda world: None
    prefix: str = ""


@cache
def modelled() -> dict[str, Modelled]:
    """Every service that a module of `playground.aws.services` declares, by its signing name."""
    from playground.aws import services

    found: dict[str, Modelled] = {}
    for module in pkgutil.iter_modules(services.__path__):
        declared = vars(importlib.import_module(f"{services.__name__}.{module.name}")).values()
        for one in (value for value in declared if isinstance(value, Modelled)):
            found[one.signing] = one
    return found
