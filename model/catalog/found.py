"""A typed part of the catalog and where it stands."""

from dataclasses import dataclass

from model.catalog.problems import Diagnostic
from model.catalog.source import Path, Source


@dataclass(frozen=True)
class Found:
    """A typed part and where it stands."""

    source: Source
    path: Path

    def problem(self, *below: str | int, what: str, suggestion: str = "") -> Diagnostic:
        """A problem at or below the part."""
        return self.source.problem((*self.path, *below), what, suggestion)

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.source.name}:{self.source.line(self.path)}"
