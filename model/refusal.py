"""A request that cannot be carried out, said so that the person knows what to type instead."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Offer:
    """What somebody may press instead of typing it: a command line without its slash.

    channel: where it is asked for then; empty where it was typed.
    """

    label: str
    line: str
    channel: str = ""


@dataclass(eq=False)
class Refused(Exception):
    """Raised or returned by deciding code; shown only to the asker, with what they typed echoed back.

    what: the rule, in one sentence. instead: what may be typed or done instead (may be empty).
    suggestions: whole commands that may be copied as they are. offers: what may be pressed.
    """

    what: str
    instead: str = ""
    suggestions: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()

    def __str__(self) -> str:
        return f"{self.what} {self.instead}".strip()
