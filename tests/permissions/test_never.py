"""What must hold for every question there is."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from model.people import Person
from permissions import AuthorizationContext, AuthorizationQuery
from tests.permissions.builders import ACTIONS, ANA, CHANGES, ELSEWHERE, SHOP, STAGING, shipped

POLICIES = shipped()
GROUPS = [
    "shop-owners",
    "shop-oncall",
    "zoo-owners",
    "zoo-oncall",
    "sre",
    "engineers",
    "commanders",
    "others",
]
SOME_GROUPS = st.frozensets(st.sampled_from(GROUPS))
PEOPLE = st.builds(
    Person, team=st.sampled_from(["T0MUSTER", "T0OTHER"]), user=st.sampled_from(["U0ANA", "U0BEN"])
)
MAYBE = st.none() | st.text(max_size=20)
FACTS = st.builds(
    AuthorizationContext,
    at=st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
    tier=st.integers(0, 3),
    direction=st.sampled_from(["up", "down", "same"]),
    size=st.integers(0, 1000),
    because=st.booleans(),
    incident=MAYBE,
    incident_severity_rank=st.none() | st.integers(1, 9),
    role=st.none() | st.sampled_from(["ic", "comms", "scribe"]),
    is_mitigation=st.booleans(),
    frozen=MAYBE,
    in_window=st.booleans(),
    lease_held_by_other=MAYBE,
    hard_limit_stop=MAYBE,
    approvals=st.lists(st.tuples(PEOPLE, SOME_GROUPS), max_size=3).map(tuple),
    break_glass=st.booleans(),
    entry=st.sampled_from(["slash", "mention", "button", "modal", "shortcut", "undo", "cli"]),
    requester_is_approver=st.booleans(),
    fingerprint_matches=st.booleans(),
    policy_version_matches=st.booleans(),
    dry=st.booleans(),
    is_undo=st.booleans(),
    goes_back=st.booleans(),
    queue=st.booleans(),
)
QUESTIONS = st.builds(
    AuthorizationQuery,
    person=st.just(ANA),
    groups=SOME_GROUPS,
    groups_known=st.sampled_from(["fresh", "stale", "unknown"]),
    is_member=st.booleans(),
    action=st.sampled_from([*ACTIONS, "break_glass", "no such"]),
    service=st.sampled_from([SHOP, STAGING, ELSEWHERE, None]),
    system=st.sampled_from(["shop", "zoo", ""]),
    context=FACTS,
)
MOVING = {*CHANGES, "run", "undo", "abort"}


def passes(question: AuthorizationQuery) -> bool:
    decision = POLICIES.decide(question, is_told=False)
    return decision.allowed or decision.needs is not None


def moves(question: AuthorizationQuery) -> bool:
    """Whether letting it pass may change a target."""
    return question.action in MOVING and not question.context.dry


@settings(max_examples=200, deadline=None)
@given(QUESTIONS)
def test_bots_guests_and_strangers_may_do_nothing(question: AuthorizationQuery) -> None:
    assert not passes(replace(question, is_member=False))


@settings(max_examples=200, deadline=None)
@given(QUESTIONS)
def test_people_of_no_workspace_that_is_served_may_do_nothing(question: AuthorizationQuery) -> None:
    assert not passes(replace(question, is_member=True, is_stranger=True))


@settings(max_examples=200, deadline=None)
@given(QUESTIONS)
def test_whom_slack_has_not_named_may_do_nothing(question: AuthorizationQuery) -> None:
    assert not passes(replace(question, is_known=False))


@settings(max_examples=200, deadline=None)
@given(QUESTIONS)
def test_while_groups_are_unknown_their_absence_is_all_that_counts(question: AuthorizationQuery) -> None:
    """Whatever still passes does so for somebody in no group at all."""
    unknown = replace(question, groups_known="unknown")
    if passes(unknown):
        assert question.action in {
            "help",
            "health",
            "cancel",
            "stop-watching",
            "incident.declare",
            "incident.note",
            "incident.show",
            "incident.list",
            "incident.timeline",
            "incident.text",
            "incident.catchup",
            "maintenance.list",
        }


@settings(max_examples=200, deadline=None)
@given(QUESTIONS)
def test_without_a_group_or_the_incident_nobody_changes_anything(question: AuthorizationQuery) -> None:
    if question.action in MOVING | {"approve", "cancel", "stop-watching", "break_glass"}:
        facts = replace(question.context, role=None)
        if question.action in {"cancel", "stop-watching"}:  # what one asked for oneself, anybody may drop
            facts = replace(facts, requester_is_approver=False)
        assert not passes(replace(question, groups=frozenset({"others"}), context=facts))


@settings(max_examples=200, deadline=None)
@given(QUESTIONS)
def test_nobody_approves_their_own_request(question: AuthorizationQuery) -> None:
    facts = replace(question.context, requester_is_approver=True)
    assert not passes(replace(question, action="approve", context=facts))


@settings(max_examples=200, deadline=None)
@given(QUESTIONS)
def test_ones_own_approval_changes_nothing(question: AuthorizationQuery) -> None:
    own = tuple((ANA, groups) for _, groups in question.context.approvals)
    with_own = replace(question, context=replace(question.context, approvals=own))
    without = replace(question, context=replace(question.context, approvals=()))
    assert POLICIES.decide(with_own).allowed == POLICIES.decide(without).allowed


@settings(max_examples=300, deadline=None)
@given(QUESTIONS)
def test_frozen_services_change_only_as_mitigation_or_with_broken_glass(question: AuthorizationQuery) -> None:
    facts = replace(question.context, frozen="Freeze", is_mitigation=False, break_glass=False, dry=False)
    for action in MOVING:
        assert not passes(replace(question, action=action, context=facts))


@settings(max_examples=300, deadline=None)
@given(QUESTIONS)
def test_glass_breaks_only_with_a_reason_and_for_few(question: AuthorizationQuery) -> None:
    facts = replace(question.context, frozen="Freeze", is_mitigation=False, break_glass=True, dry=False)
    asked = replace(question, action="scale", context=facts)
    if POLICIES.decide(asked).allowed:
        assert facts.because
        is_commander = facts.role == "ic" and facts.incident_severity_rank == 1
        assert is_commander or question.groups & {"sre", "commanders"}


@settings(max_examples=300, deadline=None)
@given(QUESTIONS)
def test_nothing_moves_a_target_that_is_held_over_limits_or_on_old_groups(
    question: AuthorizationQuery,
) -> None:
    context = replace(question.context, dry=False)
    held = replace(context, lease_held_by_other="OP-1", goes_back=False, queue=False, role=None)
    for action in MOVING:
        asked = replace(question, action=action)
        assert not passes(replace(asked, context=held))
        assert not passes(replace(asked, context=replace(context, hard_limit_stop="At most 9.")))
        assert not passes(replace(asked, context=context, groups_known="unknown"))
        if action not in {"undo", "abort"}:  # the way back stays open on what was known within the hour
            assert not passes(replace(asked, context=replace(context, is_undo=False), groups_known="stale"))


@settings(max_examples=200, deadline=None)
@given(QUESTIONS)
def test_more_approvals_never_take_a_right_away(question: AuthorizationQuery) -> None:
    fewer = replace(question, context=replace(question.context, approvals=()))
    if POLICIES.decide(fewer).allowed:
        assert POLICIES.decide(question).allowed


@settings(max_examples=200, deadline=None)
@given(QUESTIONS, st.sampled_from(GROUPS))
def test_being_in_one_more_group_never_takes_a_right_away(question: AuthorizationQuery, group: str) -> None:
    if POLICIES.decide(question).allowed:
        assert POLICIES.decide(replace(question, groups=question.groups | {group})).allowed


@settings(max_examples=200, deadline=None)
@given(QUESTIONS)
def test_the_approvals_that_are_asked_for_are_enough(question: AuthorizationQuery) -> None:
    decision = POLICIES.decide(question)
    if decision.needs is None:
        return
    # Anyone of the groups asked for has to do, so the one who is in the fewest others is tried.
    for group in decision.needs.groups:
        others = tuple(
            (Person(team="T0MUSTER", user=f"U0NEW{n}"), frozenset({group}))
            for n in range(decision.needs.count)
        )
        facts = replace(question.context, approvals=(*question.context.approvals, *others))
        assert POLICIES.decide(replace(question, context=facts)).allowed


@settings(max_examples=200, deadline=None)
@given(QUESTIONS)
def test_every_denial_says_why(question: AuthorizationQuery) -> None:
    decision = POLICIES.decide(question)
    if not decision.allowed:
        assert decision.reason
        facts = question.context
        told = f"{facts.hard_limit_stop}{facts.lease_held_by_other}{facts.frozen}"  # may hold braces
        assert "{" in told or "{" not in decision.reason
