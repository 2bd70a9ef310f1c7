"""A policy's words, filled in for one question."""

import re
from collections.abc import Callable

from permissions.entities import RoleBindings
from permissions.query import AuthorizationQuery

_BRACES = re.compile(r"\{(\w+)\}")


def fill(says: str, question: AuthorizationQuery, circle: RoleBindings) -> str:
    """`says` with its braces filled; what stands in them is never read again as braces."""
    return _BRACES.sub(lambda found: _WORDS[found[1]](question, circle), says)


_WORDS: dict[str, Callable[[AuthorizationQuery, RoleBindings], str]] = {
    "service": lambda asked, _: asked.service.id if asked.service else (asked.system or "This"),
    "environment": lambda asked, _: asked.service.environment.value if asked.service else "",
    "system": lambda asked, _: asked.system,
    "action": lambda asked, _: asked.action,
    "incident": lambda asked, _: asked.context.incident or "the incident",
    "unreadable": lambda asked, _: asked.context.unreadable or "An incident",
    "held_by": lambda asked, _: asked.context.lease_held_by_other or "Someone else",
    "maintenance": lambda asked, _: asked.context.maintenance or "a maintenance",
    "others": lambda asked, _: others_in_words(asked.context.others),
    "count_before": lambda asked, _: str(asked.context.count_before),
    "count_after": lambda asked, _: str(asked.context.count_after),
    "frozen": lambda asked, _: (asked.context.frozen or "").rstrip("."),
    "limit": lambda asked, _: asked.context.hard_limit_stop or "It is outside the catalog's hard limits.",
    "needs_from": lambda asked, _: listed(asked.context.needs_from),
    "owners": lambda asked, circle: listed(circle.owners(asked)),
    "on_call": lambda asked, circle: listed(circle.on_call(asked)),
    "operators": lambda _, circle: listed(circle.handles("operators")),
    "engineers": lambda _, circle: listed(circle.handles("engineers")),
}
WORDS = frozenset(_WORDS)
"""What may stand in braces in a policy's `@says`; the policies are refused where they use another."""


def others_in_words(count: int) -> str:
    """`one other person`, `two other people`."""
    named = {1: "one", 2: "two", 3: "three"}.get(count, str(count))
    return f"{named} other {'person' if count == 1 else 'people'}"


def listed(handles: tuple[str, ...]) -> str:
    """`@a, @b or @c`."""
    said = [f"@{handle}" for handle in handles]
    return " or ".join(part for part in (", ".join(said[:-1]), *said[-1:]) if part)
