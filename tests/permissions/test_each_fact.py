"""Every policy is asked with and without each fact: what a fact opens, and for whom, is written here."""

from dataclasses import fields, replace
from functools import cache
from itertools import combinations, product
from typing import Any, get_args

import pytest

from permissions import AuthorizationContext, AuthorizationQuery
from permissions.examples import ExampleContext, Who, asked_by
from tests.permissions.builders import BEN, OPERATORS, shipped

POLICIES = shipped().with_plain_roles()
PEOPLE: tuple[Who, ...] = get_args(Who)
TIERS = (1, 2, 3)
SEV1 = {"incident": "INC-1", "incident_severity_rank": 1, "is_confirmed": True}
FREEZE = {"frozen": "Change freeze"}
DAYS: dict[str, dict[str, Any]] = {
    "quiet": {"is_mitigation": False},
    "frozen": FREEZE,
    "beside an incident": {**SEV1, "is_mitigation": False},
    "in a frozen incident": {**SEV1, **FREEZE},
}
WITH: dict[str, dict[str, Any]] = {
    "a reason": {"because": True},
    "an incident of one's own": {"incident": "INC-9", "incident_severity_rank": 1, "is_severity_own": True},
    "a confirmed incident": SEV1,
    "a role": {"role": "ic"},
    "another role": {"role": "scribe"},
    "the incident's channel": {"is_mitigation": True},
    "a maintenance": {"maintenance": "MNT-1", "in_window": True},
    "a window": {"in_window": True},
    "a freeze": {"frozen": "Change freeze"},
    "an incident that cannot be read": {"unreadable": "INC-4"},
    "a hold": {"lease_held_by_other": "OP-2"},
    "a way back": {"goes_back": True},
    "a place in the queue": {"queue": True},
    "a limit": {"hard_limit_stop": "At most 9."},
    "broken glass": {"break_glass": True},
    "another door": {"entry": "modal"},
    "one's own request": {"requester_is_approver": True},
    "another target": {"fingerprint_matches": False},
    "other policies": {"policy_version_matches": False},
    "an undo": {"is_undo": True},
    "a large step": {"count_before": 4, "count_after": 40},
    "limits": {"has_limits": True},
    "a count typed again": {"is_typed": True},
    "a keeper that puts it back": {"is_reverted": True},
    "less": {"direction": "down"},
    "more": {"direction": "up", "size": 50},
    "more others": {"others": 2},
    "needs of the team": {"needs_from": ("some-owners",)},
    "an operator's word": {"approvals": ((BEN, OPERATORS | {"operators"}),)},
    "a role by an operator": {"role": "ic", "role_given_by": ((BEN, OPERATORS | {"operators"}),)},
}  # fmt: skip
"""One fact more; those that are set together come together in life too."""

ALONE = ("a reason", "an incident of one's own", "a role", "another role", "the incident's channel",
         "a maintenance", "a window", "a freeze", "broken glass", "another door",
         "an undo", "a way back", "a place in the queue", "less")  # fmt: skip
"""What one person can make true without anybody else's doing."""

OPENS: dict[str, set[Who]] = {
    "a reason": {"owner", "on-call", "operator"},
    "a role": {"owner", "commander"},
    "the incident's channel": {"owner", "on-call", "operator", "ic"},
    "a maintenance": {"owner"},
    "broken glass": {"operator"},
    "an operator's word": {"owner", "operator", "ic"},
    "a role by an operator": {"owner", "member", "engineer", "commander", "self-made ic"},
}
"""Fact → who gets further with it, given a reason; for all others it opens nothing."""


def question(who: Who, tier: int, day: dict[str, Any], *more: str) -> AuthorizationQuery:
    asked = asked_by(POLICIES, who, "scale", ExampleContext(tier=tier))
    facts = replace(asked.context, **day)
    for name in more:
        facts = replace(facts, **WITH[name])
    return replace(asked, context=facts)


@cache
def opened(who: Who, tier: int, day: str, *more: str) -> int:
    """How far it opens: 0 not at all, 1 once others approve, 2 now."""
    decision = POLICIES.decide(question(who, tier, DAYS[day], *more))
    return 2 if decision.allowed else 1 if decision.needs is not None else 0


@pytest.mark.parametrize("fact", WITH)
def test_a_fact_opens_changes_of_production_for_these_people_only(fact: str) -> None:
    given = () if fact == "a reason" else ("a reason",)
    gains = {
        who
        for who, tier, day in product(PEOPLE, TIERS, DAYS)
        if opened(who, tier, day, *given, fact) > opened(who, tier, day, *given)
    }
    assert gains == OPENS.get(fact, set())


@pytest.mark.parametrize("who", ["member", "guest", "engineer", "self-made ic"])
def test_all_that_one_can_do_alone_opens_nothing_for_who_had_no_right(who: Who) -> None:
    for day in ("quiet", "frozen", "beside an incident"):
        assert not any(opened(who, tier, day, *ALONE) for tier in TIERS), day
        for some in combinations(ALONE, 2):
            assert not opened(who, 1, day, *some), (day, some)


def test_every_fact_that_there_is_is_asked() -> None:
    told = {name for facts in WITH.values() for name in facts}
    of_the_plan = {"at", "tier", "dry"}  # no circumstances: the moment, what is asked, and whether it is done
    assert told | of_the_plan == {field.name for field in fields(AuthorizationContext)}
