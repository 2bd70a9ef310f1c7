"""A policy's words, filled in for one question."""

import re

from permissions.entities import Circle
from permissions.question import Question

_BRACES = re.compile(r"\{(\w+)\}")


def fill(says: str, question: Question, circle: Circle) -> str:
    """`says` with its braces filled; what stands in them is never read again as braces."""
    if "{" not in says:
        return says
    said = words(question, circle)
    return _BRACES.sub(lambda found: said.get(found[1], found[0]), says)


def words(question: Question, circle: Circle) -> dict[str, str]:
    """What may stand in braces."""
    facts, service = question.context, question.service
    return {
        "service": service.id if service else (question.system or "This"),
        "environment": service.environment.value if service else "",
        "system": question.system,
        "action": question.action,
        "incident": facts.incident or "the incident",
        "held_by": facts.lease_held_by_other or "Someone else",
        "frozen": (facts.frozen or "").rstrip("."),
        "limit": facts.hard_limit_stop or "",
        "needs_from": listed(facts.needs_from),
        "owners": listed(circle.owners(question)),
        "on_call": listed(circle.on_call(question)),
        "operators": listed(circle.handles("operators")),
        "engineers": listed(circle.handles("engineers")),
    }


def listed(handles: tuple[str, ...]) -> str:
    """`@a, @b or @c`."""
    said = [f"@{handle}" for handle in handles]
    return " or ".join(part for part in (", ".join(said[:-1]), *said[-1:]) if part)
