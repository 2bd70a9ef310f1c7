"""A request that cannot be carried out, said so that the person knows what to type instead."""

from dataclasses import dataclass


@dataclass(eq=False)
class Refused(Exception):
    """Raised or returned by deciding code; shown only to the asker, with what they typed echoed back.

    what: the rule, in one sentence. instead: what may be typed or done instead (may be empty).
    suggestions: whole commands that may be copied as they are.
    """

    what: str
    instead: str = ""
    suggestions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.what} {self.instead}".strip()
