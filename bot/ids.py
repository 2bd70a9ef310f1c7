"""Ids with more than one part: read in one place, written in one place.

What they look like stands in journals, timers and in buttons that were posted long ago: it never changes.
"""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class StreamId:
    """What a stream is of: `op:OP-17`."""

    kind: str
    subject: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Never raises; kind and subject are empty where there is none."""
        kind, _, subject = text.partition(":")
        return cls(kind, subject)

    def __str__(self) -> str:
        return f"{self.kind}:{self.subject}"


@dataclass(frozen=True)
class TimerId(StreamId):
    """What rings, and for what: `run:OP-17`."""


@dataclass(frozen=True)
class ActionId:
    """What a button does: `op.run`, or `maintenance.tick.backup` where several stand on one message.

    verb: empty for a button that this version does not know.
    """

    kind: str
    verb: str
    which: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Never raises."""
        kind, _, rest = text.partition(".")
        verb, _, which = rest.partition(".")
        return cls(kind, verb, which)

    def __str__(self) -> str:
        return ".".join(part for part in (self.kind, self.verb, self.which) if part)
