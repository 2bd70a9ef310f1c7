"""An operation's life: whatever people press in whatever order, its promises hold."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from model.events import Actor, RecordedEvent
from model.health import Check, Health, Verdict
from model.operations import decide
from model.operations.events import (
    Ended,
    OperationEvent,
    Planned,
    Proposed,
    Started,
    StepBegun,
    StepDone,
    Voided,
    to_event,
)
from model.operations.state import GOOD_FOR, OVER, Operation, Phase, fold
from model.people import Person
from model.plan import Delta, Plan, RiskTier, Rollback, Scale, Step
from model.refusal import Refused

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
PEOPLE = [Person(team="T0", user=f"U{n}") for n in range(4)]
SCALE = Scale.model_validate({"desired": {"how": "to", "n": 6}})


def plan(tier: RiskTier = RiskTier.R2, fingerprint: str = "f1") -> Plan:
    return Plan(
        service="api",
        change=SCALE,
        deltas=(Delta(what="count", before="4", after="6"),),
        steps=(Step(call="ecs:UpdateService", params={}, says="scale"),),
        tier=tier,
        fingerprint=fingerprint,
        inverse=Rollback(version="1"),
        undo="back",
    )


class Life(RuleBasedStateMachine):
    """Presses buttons as fast as people and runners may."""

    @initialize(needs=st.integers(0, 2), tier=st.sampled_from([RiskTier.R1, RiskTier.R2, RiskTier.R3]))
    def ask(self, needs: int, tier: RiskTier) -> None:
        self.now, self.records, self.needs, self.tier = START, [], needs, tier
        asked = Proposed(id="OP-1", service="api", change=SCALE, line="/scale api 6", channel="C1")
        self.write(asked, PEOPLE[0])
        self.write(Planned(plan=plan(tier), needs=needs, policy_version="v1"), PEOPLE[0])

    def write(self, event: OperationEvent, by: Person) -> None:
        made = to_event(event)
        self.records.append(
            RecordedEvent(
                stream="op:OP-1",
                version=len(self.records) + 1,
                at=self.now,
                who=Actor(team=by.team, user=by.user, via="button"),
                type=made.type,
                data=made.data,
            )
        )
        before = getattr(self, "state", None)
        self.state = fold(self.records)
        if before is not None and before.phase in OVER:
            assert self.state is not None
            assert self.state.phase is before.phase

    def attempt(self, deciding, by: Person) -> None:
        try:
            event = deciding()
        except Refused as refused:
            assert refused.what
            return
        self.write(event, by)

    @rule(by=st.sampled_from(PEOPLE), name=st.sampled_from(["", "api", "other"]))
    def run(self, by: Person, name: str) -> None:
        self.attempt(lambda: decide.confirm(self.state, self.now, "", name), by)

    @rule(by=st.sampled_from(PEOPLE))
    def approve(self, by: Person) -> None:
        self.attempt(lambda: decide.approve(self.state, by, self.now), by)

    @rule(by=st.sampled_from(PEOPLE))
    def cancel(self, by: Person) -> None:
        self.attempt(lambda: decide.cancel(self.state), by)

    @rule(minutes=st.integers(1, 10))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        expired = decide.expire(self.state, self.now)
        if expired is not None:
            self.write(expired, PEOPLE[0])

    @rule()
    def void(self) -> None:
        if self.state.phase is Phase.READY:
            self.write(Voided(why="moved"), PEOPLE[0])
            assert self.state.approved_by == ()
            self.write(Planned(plan=plan(self.tier, "f2"), needs=self.needs, policy_version="v1"), PEOPLE[0])

    @rule(ok=st.booleans())
    def execute(self, ok: bool) -> None:
        if self.state.phase is not Phase.READY:
            return
        self.write(Started(token=1), PEOPLE[0])
        self.write(StepBegun(index=0, token="t"), PEOPLE[0])
        self.write(StepDone(index=0), PEOPLE[0])
        self.write(Ended(outcome="succeeded" if ok else "failed"), PEOPLE[0])

    @invariant()
    def it_is_ready_only_with_enough_approvals_of_other_people(self) -> None:
        state: Operation | None = getattr(self, "state", None)
        if state is None:
            return
        others = set(map(str, state.approved_by)) - {str(state.asked_by), str(state.confirmed_by)}
        assert len(others) == len(state.approved_by)
        if state.phase in {Phase.READY, Phase.APPLYING, Phase.WATCHING, Phase.SUCCEEDED, Phase.FAILED}:
            assert len(state.approved_by) >= state.needs
            assert state.confirmed_by is not None

    @invariant()
    def folding_in_pieces_is_folding_at_once(self) -> None:
        if getattr(self, "records", None):
            half = len(self.records) // 2
            assert fold(self.records[half:], fold(self.records[:half])) == fold(self.records)


Life.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestLife = Life.TestCase


def planned(tier: RiskTier = RiskTier.R2, **more: object) -> Operation:
    return Operation(
        id="OP-1",
        service="api",
        change=SCALE,
        line="/scale api 6",
        channel="C1",
        asked_by=PEOPLE[0],
        asked_at=START,
        phase=Phase.PLANNED,
        plan=plan(tier),
        planned_at=START,
    ).model_copy(update=more)


def test_a_plan_that_has_run_out_cannot_be_run():
    with pytest.raises(Refused, match="run out"):
        decide.confirm(planned(), START + GOOD_FOR)


def test_the_gravest_changes_need_the_name_typed():
    with pytest.raises(Refused, match="typed once more"):
        decide.confirm(planned(RiskTier.R3), START)
    assert decide.confirm(planned(RiskTier.R3), START, name="api").fingerprint == "f1"


def test_a_missing_reason_is_asked_for():
    with pytest.raises(Refused, match="needs a reason"):
        decide.confirm(planned(needs_reason=True), START)


def test_a_dry_run_is_not_run():
    with pytest.raises(Refused, match="dry run"):
        decide.confirm(planned(dry=True), START)


def health(verdict: Verdict, reason: str = "") -> Health:
    signs = (Check(name="x", value="1", verdict=verdict, why=reason),)
    return Health(service="api", verdict=verdict, reason=reason, signs=signs)


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        (Verdict.DEGRADED, Verdict.OK, "helped"),
        (Verdict.DOWN, Verdict.DEGRADED, "helped"),
        (Verdict.OK, Verdict.OK, "no change"),
        (Verdict.OK, Verdict.DOWN, "worse"),
        (Verdict.OK, Verdict.UNKNOWN, "unknown"),
        (None, Verdict.OK, "unknown"),
    ],
)
def test_figures_after_are_held_against_those_before(before, after, verdict):
    found = decide.verify(health(before) if before else None, health(after, "slow"))
    assert found.verdict == verdict


def test_undo_says_why_not():
    with pytest.raises(Refused, match="not started"):
        decide.undo(planned(), START)
    with pytest.raises(Refused, match="unknown outcome"):
        decide.undo(planned(phase=Phase.UNKNOWN), START)
    with pytest.raises(Refused, match="undone by OP-2"):
        decide.undo(planned(phase=Phase.SUCCEEDED, undone_by="OP-2"), START)
