"""What is asked of the policies: who, what, on which service, in which circumstances."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from model.catalog.schema import Service
from model.people import Person

Approval = tuple[Person, frozenset[str]]
"""Who agreed, or gave something, and the handles of the groups that person is in now."""


@dataclass(frozen=True, kw_only=True)
class AuthorizationContext:
    """The circumstances of a request, all passed in.

    tier, direction, size: of the plan, or what is known of them before there is one. others: how many
    other people must agree, whoever asks.
    incident_severity_rank: 1 is the worst. role_given_by: everybody who gave the person the role.
    is_confirmed: someone who answers for the service acted in the incident. is_severity_own: the person
    set the severity. is_mitigation: asked in the incident's channel, or by its commander.
    unreadable: the id of an open incident that may be the service's and cannot be read, or None.
    frozen, lease_held_by_other, hard_limit_stop: words, or None.
    in_window: in the catalog's window, or while a maintenance runs; `maintenance`: one that
    runs, was announced in time for others to object, and is not this person's alone.
    is_undo: it takes back what an operation did. goes_back: it takes back what the one that has the target
    did. queue: it waits until the target is free.
    count_before, count_after: how many are asked for, both 0 where no count changes. has_limits: the catalog
    says how many there may be. is_typed: the new count was typed once more. is_reverted: somebody is known
    to put the change back by itself.
    needs_from: handles of the groups whose approval the plan needs; asked of the action `approve`.
    """

    at: datetime
    tier: int = 0
    direction: str = "same"
    size: int = 0
    others: int = 0
    because: bool = False
    incident: str | None = None
    incident_severity_rank: int | None = None
    role: str | None = None
    role_given_by: tuple[Approval, ...] = ()
    is_confirmed: bool = False
    is_severity_own: bool = False
    is_mitigation: bool = False
    unreadable: str | None = None
    frozen: str | None = None
    in_window: bool = False
    maintenance: str | None = None
    lease_held_by_other: str | None = None
    hard_limit_stop: str | None = None
    approvals: tuple[Approval, ...] = ()
    needs_from: tuple[str, ...] = ()
    break_glass: bool = False
    entry: str = "slash"
    requester_is_approver: bool = False
    fingerprint_matches: bool = True
    policy_version_matches: bool = True
    dry: bool = False
    is_undo: bool = False
    goes_back: bool = False
    queue: bool = False
    count_before: int = 0
    count_after: int = 0
    has_limits: bool = False
    is_typed: bool = False
    is_reverted: bool = False


@dataclass(frozen=True, kw_only=True)
class AuthorizationQuery:
    """May this person do this?

    groups: handles of the user groups the person is in. groups_known: how old that knowledge is, or that
    of an approver where it is older.
    is_known: Slack has said who the person is. is_member: a full member of our workspace, no bot, guest,
    stranger or deactivated person. is_stranger: in no workspace that is served.
    """

    person: Person
    groups: frozenset[str] = frozenset()
    groups_known: Literal["fresh", "stale", "unknown"] = "fresh"
    is_known: bool = True
    is_member: bool = True
    is_stranger: bool = False
    action: str
    service: Service | None = None
    system: str = ""
    context: AuthorizationContext


@dataclass(frozen=True)
class Needs:
    """Approvals that are still lacking: how many, and by members of which groups (handles)."""

    count: int
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What the policies say.

    allowed: it may go ahead now. needs: it may go ahead once so many others approve; None when that
    would not help or is not needed. policy: the id that decided, empty when none permits it.
    reason: in words. would_allow: what would make it allowed, or who could, in words.
    breaks_glass: it is so only because the glass is broken; that is announced and reviewed.
    """

    allowed: bool
    needs: Needs | None
    policy: str
    reason: str
    would_allow: tuple[str, ...] = ()
    determined_by: tuple[str, ...] = field(default=())
    policy_version: str = ""
    breaks_glass: bool = False
