"""The port to registries: what a tag or digest is now."""

from dataclasses import dataclass
from typing import Protocol

from model.images import ImageName


@dataclass(frozen=True)
class Found:
    """The registry has it; the digest that it points to now."""

    digest: str


@dataclass(frozen=True)
class Missing:
    """The registry has no such tag or digest. near: tags that it has, the likeliest first."""

    near: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotAsked:
    """Nobody knows: the registry may not be asked, or does not say. why: a clause, `it does not answer`."""

    why: str


Looked = Found | Missing | NotAsked


class Images(Protocol):
    """Looks images up. Never raises."""

    async def look(self, name: ImageName, reference: str) -> Looked:
        """What a tag or digest of the image is now."""
        ...

    async def close(self) -> None:
        """Give back connections. Safe to do twice."""
        ...
