"""Which extras a catalog needs, and which of them are not installed."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from model.catalog.schema import Catalog
from model.change_backend import parts
from model.extras import MODULES, to_install
from model.ports.backend import AnswersQueries, Backend

_PICTURES = "charts"


@dataclass(frozen=True)
class Missing:
    """An extra that is not installed. needed_by: ids of services; mend: what to type."""

    extra: str
    module: str
    needed_by: tuple[str, ...]

    @property
    def mend(self) -> str:
        """What to type where Muster runs."""
        return to_install([self.extra])

    @property
    def is_needed(self) -> bool:
        """Whether targets cannot be reached without it; without charts there are words."""
        return self.extra != _PICTURES

    def __str__(self) -> str:
        lost = "they cannot be reached" if self.is_needed else "their charts are told in words"
        return f"{self.module} is not installed; without it {lost}: {', '.join(self.needed_by)}"


def missing(catalog: Catalog, kinds: Mapping[str, Backend]) -> list[Missing]:
    """What the catalog's services need and is not installed; nothing is imported to find out."""
    absent = {name for name, module in MODULES.items() if find_spec(module) is None}
    found: dict[str, list[str]] = {}
    for service in catalog.services:
        needs = {name for part in service.parts for name in part.target.extras}
        if any(
            backend.offers(part, kind)
            for part, backend in parts(service, kinds, AnswersQueries)
            for kind in ("metrics", "cost")
        ):
            needs.add(_PICTURES)
        for name in needs & absent:
            found.setdefault(name, []).append(service.id)
    return [Missing(name, MODULES[name], tuple(ids)) for name, ids in sorted(found.items())]
