"""What the shipped policies decide, and how a decision explains itself."""

from typing import Any

import pytest

from model.catalog.schema import Catalog
from permissions import Needs, Policies
from tests.permissions.builders import (
    ACTIONS,
    ANA,
    BEN,
    CATALOG,
    CHANGES,
    CLEO,
    ELSEWHERE,
    ENGINEERS,
    NOON,
    ON_CALL,
    OPERATORS,
    OWNERS,
    SCHEMA,
    STAGING,
    ask,
    shipped,
)

POLICIES = shipped()
SEVERE: dict[str, Any] = {"incident": "INC-4", "incident_severity_rank": 1}
LEADING: dict[str, Any] = {"role": "ic", "is_mitigation": True, **SEVERE}


def test_an_allowed_change_says_which_policy_lets_it() -> None:
    decision = POLICIES.decide(ask("scale", ON_CALL, tier=1))
    assert decision.allowed
    assert decision.policy == "on-call-change"
    assert decision.reason == "People on call for shop-api may restart it and scale it up."
    assert decision.policy_version == POLICIES.version


def test_a_person_without_rights_is_told_who_has_them() -> None:
    decision = POLICIES.decide(ask("scale", tier=1))
    assert not decision.allowed
    assert decision.needs is None
    assert decision.reason == (
        "You may not run `scale` on shop-api (production). @shop-owners, @shop-oncall or @sre may."
    )


def test_engineers_are_named_where_they_could() -> None:
    decision = POLICIES.decide(ask("restart", tier=1, service=STAGING))
    assert "@shop-owners, @shop-oncall, @sre or @engineers may." in decision.reason


def test_owners_of_another_service_have_no_rights_here() -> None:
    assert not POLICIES.decide(ask("scale", OWNERS, tier=1, service=ELSEWHERE)).allowed


def test_a_missing_reason_is_asked_for() -> None:
    decision = POLICIES.decide(ask("rollback", ON_CALL, tier=2))
    assert not decision.allowed
    assert decision.reason == "This `rollback` on shop-api (production) needs a reason."
    assert decision.would_allow[0] == "Give a reason: add `because …` at the end."


def test_an_approval_is_asked_of_the_widest_circle_that_is_enough() -> None:
    decision = POLICIES.decide(ask("rollback", OWNERS, tier=2, because=True))
    assert not decision.allowed
    assert decision.needs == Needs(1, ("shop-oncall", "shop-owners", "sre"))
    assert decision.would_allow == (
        "It needs an approval by another person in @shop-oncall, @shop-owners or @sre.",
    )
    gravely = POLICIES.decide(ask("scale", OWNERS, tier=3, because=True))
    assert gravely.needs == Needs(1, ("shop-owners", "sre"))
    assert POLICIES.decide(ask("scale", OPERATORS, tier=3, because=True)).needs == Needs(1, ("sre",))


def test_approvals_that_are_there_are_not_asked_for_again() -> None:
    said = {"tier": 3, "because": True}
    assert POLICIES.decide(ask("scale", ON_CALL, **said)).needs == Needs(
        2, ("shop-oncall", "shop-owners", "sre")
    )
    once = POLICIES.decide(ask("scale", ON_CALL, approvals=((BEN, OWNERS),), **said))
    assert once.needs == Needs(1, ("shop-oncall", "shop-owners", "sre"))
    twice = POLICIES.decide(ask("scale", ON_CALL, approvals=((BEN, OWNERS), (CLEO, ON_CALL)), **said))
    assert twice.allowed


@pytest.mark.parametrize(
    "approvals",
    [
        ((ANA, OPERATORS),),
        ((BEN, ENGINEERS),),
        ((BEN, frozenset[str]()),),
        ((BEN, ON_CALL), (BEN, ON_CALL)),
    ],
)
def test_an_approval_counts_once_for_another_person_with_the_right_group(approvals: tuple) -> None:
    decision = POLICIES.decide(ask("scale", ON_CALL, tier=3, because=True, approvals=approvals))
    assert not decision.allowed


def test_a_frozen_service_says_why_and_what_would_help() -> None:
    said = {"tier": 1, "frozen": "Change freeze in the last week of each quarter"}
    decision = POLICIES.decide(ask("scale", OPERATORS, **said))
    assert not decision.allowed
    assert decision.needs is None
    assert decision.policy == "never-in-a-freeze"
    assert decision.reason == "shop-api is frozen. Change freeze in the last week of each quarter."
    assert any("break-glass" in way for way in decision.would_allow)
    assert not any("break-glass" in way for way in POLICIES.decide(ask("scale", ON_CALL, **said)).would_allow)


def test_a_decision_says_whether_it_rests_on_broken_glass() -> None:
    said = {"tier": 1, "because": True, "break_glass": True}
    frozen = POLICIES.decide(ask("scale", OPERATORS, frozen="Freeze", **said))
    assert frozen.allowed and frozen.breaks_glass
    needless = POLICIES.decide(ask("scale", OPERATORS, **said))
    assert needless.allowed and not needless.breaks_glass


def test_the_gravest_change_of_a_commander_waits_for_another_person_broken_glass_or_not() -> None:
    said = {"tier": 3, "because": True, "break_glass": True, **LEADING}
    for groups in (ON_CALL, OPERATORS, OWNERS, frozenset({"commanders"})):
        decision = POLICIES.decide(ask("scale", groups, **said))
        assert not decision.allowed and not decision.breaks_glass
        assert decision.needs == Needs(1, ("shop-oncall", "shop-owners", "sre"))


def test_what_takes_two_others_takes_them_with_broken_glass_in_a_freeze_too() -> None:
    said = {"tier": 3, "because": True, "break_glass": True, "frozen": "Freeze", "others": 2}
    decision = POLICIES.decide(ask("scale", OPERATORS, approvals=((BEN, OPERATORS),), **said))
    assert not decision.allowed and decision.breaks_glass
    assert decision.needs == Needs(1, ("shop-oncall", "shop-owners", "sre"))
    both = ((BEN, OPERATORS), (CLEO, ON_CALL))
    assert POLICIES.decide(ask("scale", OPERATORS, approvals=both, **said)).allowed


def test_a_commander_by_their_own_word_is_told_who_may_and_who_could_give_the_rest() -> None:
    own = ((ANA, ENGINEERS),)
    decision = POLICIES.decide(ask("scale", ENGINEERS, tier=2, role_given_by=own, because=True, **LEADING))
    assert not decision.allowed and decision.needs is None
    assert decision.reason == (
        "You may not run `scale` on shop-api (production). @shop-owners, @shop-oncall or @sre may."
    )
    assert decision.would_allow[0] == (
        "You lead INC-4, and by that alone you change nothing of shop-api: let someone in @shop-owners, "
        "@shop-oncall, @sre or @commanders give you the role (`/incident role ic` and your name)."
    )


def test_a_commander_made_by_someone_who_answers_for_the_service_may_act() -> None:
    for groups in (ON_CALL, OPERATORS, OWNERS, frozenset({"commanders"})):
        given = ((ANA, ENGINEERS), (BEN, groups))
        decision = POLICIES.decide(ask("scale", ENGINEERS, tier=2, role_given_by=given, **LEADING))
        assert decision.allowed and decision.policy == "commander-changes"
    for groups in (ENGINEERS, frozenset({"zoo-owners"}), frozenset[str]()):
        given = ((BEN, groups),)
        assert not POLICIES.may(ask("scale", ENGINEERS, tier=2, role_given_by=given, **LEADING))


def test_ones_own_severity_breaks_no_glass() -> None:
    said = {"because": True, "break_glass": True, **LEADING}
    assert POLICIES.decide(ask("break_glass", ON_CALL, **said)).allowed
    assert not POLICIES.decide(ask("break_glass", ON_CALL, is_severity_own=True, **said)).allowed


def test_an_incident_nobody_of_the_service_confirms_locks_nothing() -> None:
    said = {"tier": 1, **SEVERE}
    assert POLICIES.decide(ask("scale", ON_CALL, **said)).allowed
    assert not POLICIES.decide(ask("scale", ON_CALL, is_confirmed=True, **said)).allowed


def test_asking_in_an_incidents_channel_opens_nothing_for_people_who_do_not_answer_for_the_service() -> None:
    said = {"tier": 1, "service": STAGING, "is_mitigation": True, "frozen": "Freeze"}
    assert not POLICIES.may(ask("scale", ENGINEERS, **said))
    assert POLICIES.decide(ask("scale", ON_CALL, **said)).allowed


def test_broken_glass_opens_a_freeze_and_leaves_approvals_as_they_are() -> None:
    said = {"tier": 3, "because": True, "break_glass": True, "frozen": "Freeze"}
    decision = POLICIES.decide(ask("scale", OPERATORS, **said))
    assert not decision.allowed and decision.breaks_glass
    assert decision.needs == Needs(1, ("sre",))


def test_the_holder_of_a_target_is_named() -> None:
    decision = POLICIES.decide(ask("scale", OPERATORS, tier=1, lease_held_by_other="OP-17"))
    assert decision.reason == "OP-17 is changing shop-api right now; one change at a time."
    assert decision.would_allow[:2] == (
        "To take OP-17 back, type `/undo OP-17`.",
        "To come next, add `queue`.",
    )


def test_an_unrelated_change_in_a_serious_incident_is_sent_to_its_channel() -> None:
    decision = POLICIES.decide(ask("scale", ON_CALL, tier=1, is_confirmed=True, **SEVERE))
    assert decision.policy == "never-beside-an-incident"
    assert decision.would_allow[0] == "If it belongs to INC-4, ask in that incident's channel."


def test_a_smaller_change_is_offered_to_engineers_only_where_they_may() -> None:
    there = POLICIES.decide(ask("scale", ENGINEERS, tier=3, service=STAGING))
    assert "A smaller change needs less: restarting and scaling up you may do." in there.would_allow
    here = POLICIES.decide(ask("scale", ENGINEERS, tier=3))
    assert here.would_allow == ("See the plan without running it: add `dry`.",)


def test_old_knowledge_of_groups_serves_looks_and_no_change() -> None:
    assert POLICIES.decide(ask("history", OPERATORS, groups_known="stale")).allowed
    assert POLICIES.decide(ask("incident.update", ENGINEERS, groups_known="stale")).allowed
    refused = POLICIES.decide(ask("restart", OPERATORS, groups_known="stale", tier=1))
    assert refused.policy == "never-on-stale-groups"


def test_words_from_outside_are_put_in_as_they_are() -> None:
    decision = POLICIES.decide(ask("scale", OPERATORS, tier=1, hard_limit_stop="{service} <!channel>"))
    assert decision.reason == "{service} <!channel>"


def test_an_incident_without_a_service_is_tended_by_owners_of_its_system() -> None:
    said = {"service": None, "system": "shop"}
    assert POLICIES.decide(ask("incident.resolve", OWNERS, **said)).allowed
    assert not POLICIES.decide(ask("incident.resolve", OWNERS, service=None, system="zoo")).allowed
    assert not POLICIES.decide(ask("incident.resolve", **said)).allowed


def test_no_change_is_allowed_without_a_service() -> None:
    for action in CHANGES:
        assert not POLICIES.decide(ask(action, OPERATORS, service=None, tier=1, because=True)).allowed


def test_an_action_no_command_declares_is_denied() -> None:
    assert not POLICIES.decide(ask("drop-database", OPERATORS | OWNERS | ON_CALL)).allowed


def test_without_a_catalog_groups_named_like_roles_have_them() -> None:
    plain = Policies.load(None, SCHEMA)
    assert plain.decide(ask("restart", frozenset({"operators"}), tier=1)).allowed
    assert not plain.decide(ask("restart", OPERATORS, tier=1)).allowed


def test_a_handle_means_only_what_the_catalog_says() -> None:
    assert not POLICIES.decide(ask("restart", frozenset({"operators"}), tier=1)).allowed
    empty = Policies.load(None, SCHEMA, Catalog(systems=(), services=CATALOG.services))
    assert empty.decide(ask("restart", frozenset({"operators"}), tier=1)).allowed


def test_may_agrees_with_decide() -> None:
    for action in ACTIONS:
        for groups in (frozenset[str](), ENGINEERS, OWNERS, ON_CALL, OPERATORS):
            for tier in (0, 1, 2, 3):
                question = ask(action, groups, tier=tier, because=True, at=NOON)
                decision = POLICIES.decide(question)
                assert POLICIES.may(question) == (decision.allowed or decision.needs is not None)
