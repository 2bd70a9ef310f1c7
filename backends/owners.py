"""Who keeps something as it is written elsewhere, and how a plan says so: the same words for every cloud."""

from dataclasses import dataclass
from typing import Literal

from model.plan import Warning


@dataclass(frozen=True)
class OwnerWords:
    """What a plan says of an owner. who: such as `Flux (Kustomization apps)`.

    does: what it does about a change; for_good: what to do instead so that it stays. is_alone: it acts by
    itself, and not only when someone runs it.
    """

    who: str
    does: str
    for_good: str
    is_alone: bool = False

    @property
    def caution(self) -> Warning:
        """A `warn` for one that acts by itself, else a `note`."""
        level: Literal["warn", "note"] = "warn" if self.is_alone else "note"
        return Warning(level=level, code="owner", text=f"{self.who} {self.does}.", instead=self.for_good)
