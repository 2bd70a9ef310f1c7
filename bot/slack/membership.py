"""How a person stands in the workspace: a member, of which groups, and how sure that is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from model.people import Person

Age = Literal["fresh", "stale", "unknown"]
_WORST: tuple[Age, ...] = ("unknown", "stale", "fresh")


def oldest(*ages: Age) -> Age:
    """The worst of several."""
    return next(age for age in _WORST if age in ages)


@dataclass(frozen=True)
class Membership:
    """A person as policies see them.

    known: how old the knowledge of groups is, or of the person where that is older.
    is_known: whether Slack has said within `SERVES` who it is at all; is_member: a full member.
    is_stranger: in no workspace that is served.
    """

    groups: frozenset[str]
    known: Age
    is_member: bool
    is_known: bool = True
    is_stranger: bool = False


Standing = Callable[[Person], Awaitable[Membership]]
"""Asks how a person stands now, as far as Slack has said. Never raises."""
