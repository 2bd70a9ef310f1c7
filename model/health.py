"""How what was looked at stands: checks, their verdicts, the worst of them."""

from enum import StrEnum

from pydantic import Field

from model.value import Value


class Verdict(StrEnum):
    """How a service is, the worst sign deciding."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"
    UNKNOWN = "unknown"


class Check(Value):
    """One thing that was looked at: `value` has its unit, `why` is empty when it is well.

    is_warning: worth a look, but of some time ago, so it says nothing of how the service is now.
    """

    name: str
    value: str
    verdict: Verdict
    why: str = ""
    number: float | None = Field(
        default=None, description="for comparing before and after, in the sign's unit"
    )
    is_warning: bool = False


class Health(Value):
    """A service's signs and the verdict over them, reason first."""

    service: str
    verdict: Verdict
    reason: str
    signs: tuple[Check, ...]


def worst(signs: tuple[Check, ...]) -> tuple[Verdict, str]:
    """The verdict over the signs and its reason: down before degraded before unknown before ok."""
    order = (Verdict.DOWN, Verdict.DEGRADED, Verdict.UNKNOWN)
    for verdict in order:
        for sign in signs:
            if sign.verdict is verdict:
                return verdict, sign.why or f"{sign.name}: {sign.value}"
    return (Verdict.OK, "") if signs else (Verdict.UNKNOWN, "nothing to look at is configured")
