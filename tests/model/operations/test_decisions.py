"""Each press on an operation, in each phase: what comes of it, or why nothing does."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.events import Actor, RecordedEvent
from model.health import Check, Health, Verdict, worst
from model.operations import decide
from model.operations.events import (
    Ended,
    OperationEvent,
    Planned,
    Proposed,
    Started,
    StepBegun,
    StepDone,
    StepFailed,
    TurnedDown,
    Undone,
    Verified,
    Voided,
    from_recorded,
    to_event,
)
from model.operations.state import GOOD_FOR, OVER, UNDO_FOR, Operation, Phase, StepState, fold
from model.plan import Amount, RiskTier
from model.refusal import Refused
from tests.model.operations.test_life import PEOPLE, SCALE, START, health, plan, planned

ANA, BEN, CAT, _ = PEOPLE
DONE = {"steps": (StepState.DONE,), "ended_at": START}


def of(*signs: Check) -> Health:
    verdict, reason = worst(signs)
    return Health(service="api", verdict=verdict, reason=reason, signs=signs)


def refused(deciding: object) -> Refused:
    assert callable(deciding)
    with pytest.raises(Refused) as found:
        deciding()
    assert found.value.what
    assert found.value.instead
    return found.value


@pytest.mark.parametrize("phase", sorted(OVER))
def test_what_is_over_takes_no_press(phase: Phase):
    over = planned(phase=phase, needs=1)
    refused(lambda: decide.confirm(over, START))
    refused(lambda: decide.approve(over, BEN, START))
    refused(lambda: decide.cancel(over))
    assert decide.expire(over, START + GOOD_FOR) is None


@pytest.mark.parametrize("phase", [Phase.READY, Phase.APPLYING, Phase.WATCHING])
def test_what_runs_takes_no_press_and_never_expires(phase: Phase):
    running = planned(phase=phase, needs=1)
    refused(lambda: decide.confirm(running, START))
    refused(lambda: decide.approve(running, BEN, START))
    if phase is Phase.READY:  # nothing has begun: whoever is faster, the cancel or the start, wins
        assert decide.cancel(running).type == "op.cancelled"
    else:
        assert "/undo OP-1" in refused(lambda: decide.cancel(running)).instead
    assert decide.expire(running, START + 10 * GOOD_FOR) is None


def test_without_a_plan_there_is_nothing_to_run_but_it_may_be_cancelled():
    asked = planned(phase=Phase.ASKED)
    refused(lambda: decide.confirm(asked, START))
    refused(lambda: decide.approve(asked, BEN, START))
    assert decide.cancel(asked).type == "op.cancelled"


def test_it_is_run_once():
    waiting = planned(phase=Phase.AWAITING_APPROVAL, needs=1, confirmed_by=ANA)
    assert "Approve" in refused(lambda: decide.confirm(waiting, START)).instead


def test_a_plan_that_changes_nothing_is_not_run():
    same = planned(plan=plan().model_copy(update={"steps": ()}))
    assert "so already" in refused(lambda: decide.confirm(same, START)).what


@pytest.mark.parametrize("tier", list(RiskTier))
def test_another_services_name_means_another_change(tier: RiskTier):
    assert "`other`" in refused(lambda: decide.confirm(planned(tier), START, name="other")).what
    assert decide.confirm(planned(tier), START, name="api")


def test_a_reason_given_at_run_is_kept():
    assert decide.confirm(planned(needs_reason=True), START, "5xx").because == "5xx"


@pytest.mark.parametrize(
    ("line", "wet"),
    [
        ("/scale api 6 dry", "/scale api 6"),
        ("/scale api 6 dry break-glass because it ran dry", "/scale api 6 break-glass because it ran dry"),
        ("/scale dryer 6 dry because of x", "/scale dryer 6 because of x"),
    ],
)
def test_a_dry_run_is_neither_run_nor_approved_but_says_how_to_run_it(line: str, wet: str):
    dry = planned(dry=True, needs=1, line=line)
    assert refused(lambda: decide.confirm(dry, START)).instead == f"To run it, type {wet}"
    assert refused(lambda: decide.approve(dry, BEN, START)).instead == f"To run it, type {wet}"
    assert decide.expire(dry, START + GOOD_FOR) is None


def test_an_approval_is_another_persons_once_and_where_one_is_needed():
    waiting = planned(
        phase=Phase.AWAITING_APPROVAL,
        needs=2,
        needs_from=("operators",),
        confirmed_by=BEN,
        policy_version="v7",
    )
    assert "operators" in refused(lambda: decide.approve(waiting, ANA, START)).instead
    refused(lambda: decide.approve(waiting, BEN, START))
    approved = decide.approve(waiting, CAT, START)
    assert (approved.fingerprint, approved.policy_version) == ("f1", "v7")
    again = waiting.model_copy(update={"approved_by": (CAT,)})
    assert "already" in refused(lambda: decide.approve(again, CAT, START)).what
    assert refused(lambda: decide.approve(planned(), BEN, START)).instead == "Press Run."


@pytest.mark.parametrize("phase", [Phase.PLANNED, Phase.AWAITING_APPROVAL])
def test_a_plan_runs_out_after_fifteen_minutes_to_the_second(phase: Phase):
    waiting = planned(phase=phase, needs=1)
    last = START + GOOD_FOR - timedelta(seconds=1)
    assert decide.expire(waiting, last) is None
    assert decide.approve(waiting, BEN, last)
    assert decide.expire(waiting, START + GOOD_FOR) is not None
    assert "/scale api 6" in refused(lambda: decide.approve(waiting, BEN, START + GOOD_FOR)).instead


SUCCEEDED = planned(phase=Phase.SUCCEEDED, **DONE)


@pytest.mark.parametrize("phase", [Phase.SUCCEEDED, Phase.FAILED])
def test_what_was_changed_may_be_undone_for_a_day(phase: Phase):
    ended = SUCCEEDED.model_copy(update={"phase": phase})
    decide.undo(ended, START + UNDO_FOR - timedelta(seconds=1))
    assert "24 hours" in refused(lambda: decide.undo(ended, START + UNDO_FOR)).what


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (planned(), "not started"),
        (planned(phase=Phase.READY), "not started"),
        (planned(phase=Phase.SUPERSEDED, superseded_by="OP-3"), "superseded by OP-3"),
        (planned(phase=Phase.CANCELLED), "changed nothing"),
        (planned(phase=Phase.FAILED, steps=(StepState.FAILED,)), "changed nothing"),
        (planned(phase=Phase.FAILED, steps=(StepState.FAILED,), sent=True), "unknown outcome"),
        (
            SUCCEEDED.model_copy(update={"phase": Phase.UNKNOWN, "steps": (StepState.BEGUN,)}),
            "unknown outcome",
        ),
        (SUCCEEDED.model_copy(update={"undone_by": "OP-2"}), "undone by OP-2"),
        (
            SUCCEEDED.model_copy(
                update={"plan": plan().model_copy(update={"inverse": None, "undo": "Pods are gone."})}
            ),
            "Pods are gone",
        ),
    ],
)
def test_undo_says_why_not_and_where_to_look(operation: Operation, said: str):
    assert said in refused(lambda: decide.undo(operation, START)).what


@pytest.mark.parametrize("before", [None, *Verdict])
@pytest.mark.parametrize("after", list(Verdict))
def test_figures_are_held_against_each_other(before: Verdict | None, after: Verdict):
    rank = [Verdict.OK, Verdict.DEGRADED, Verdict.DOWN]
    found = decide.verify(health(before, "slow") if before else None, health(after, "p95 is 2 s"))
    if before not in rank or after not in rank:
        assert found.verdict == "unknown"
    elif before is after:
        assert found.verdict == "no change"
    else:
        assert found.verdict == ("helped" if rank.index(after) < rank.index(before) else "worse")
    assert found.verdict == "helped" or "p95 is 2 s" in found.says


@pytest.mark.parametrize("blind_before", [True, False])
def test_what_one_look_could_not_read_is_left_out_and_said(blind_before: bool):
    """Prometheus down must not hide that the URL is well, nor count as worse."""
    url = Check(name="url", value="200", verdict=Verdict.OK)
    metric = Check(name="p95", value="2 s", verdict=Verdict.DEGRADED, why="p95 is 2 s")
    dark = Check(name="p95", value="unreachable", verdict=Verdict.UNKNOWN, why="It cannot be reached.")
    looks = [of(url, dark), of(url, metric)]
    found = decide.verify(*(looks if blind_before else reversed(looks)))
    assert found.verdict == "no change"
    assert found.says == "Before and after: ok. Not read: p95."


def test_nothing_read_both_times_is_not_verified():
    dark = Check(name="p95", value="unreachable", verdict=Verdict.UNKNOWN, why="It cannot be reached.")
    assert decide.verify(of(dark), of(dark)).says == "Not verified: It cannot be reached."


def test_worse_without_a_reason_ends_in_a_full_stop():
    down = Health(service="api", verdict=Verdict.DOWN, reason="", signs=())
    assert decide.verify(health(Verdict.OK), down).says == "Worse: ok → down."


@pytest.mark.parametrize(
    ("how", "n", "current", "becomes"),
    [
        ("to", 6, 2, 6),
        ("to", 0, 2, 0),
        ("up", 2, 4, 6),
        ("up", 0, 4, 4),
        ("down", 1, 4, 3),
        ("down", 5, 4, -1),
        ("times", 2, 4, 8),
        ("times", 0.5, 4, 2),
        ("times", 1.5, 4, 6),
        ("times", 2, 0, 0),
        ("times", 0, 4, 0),
    ],
)
def test_an_amount_is_counted_from_what_runs(how: str, n: float, current: int, becomes: int):
    assert Amount.model_validate({"how": how, "n": n}).of(current) == becomes


@given(st.integers(0, 50_000), st.integers(0, 50_000))
def test_up_and_down_take_each_other_back(current: int, n: int):
    up = Amount(how="up", n=n).of(current)
    assert Amount(how="down", n=n).of(up) == current


def record(version: int, event: OperationEvent) -> RecordedEvent:
    made = to_event(event)
    who = Actor(team="T0", user="U0", via="slash")
    return RecordedEvent(stream="op:OP-1", version=version, at=START, who=who, type=made.type, data=made.data)


ASKED = Proposed(id="OP-1", service="api", change=SCALE, line="/scale api 6", channel="C1")


def test_a_stream_begins_with_being_proposed_and_only_once():
    assert fold([]) is None
    with pytest.raises(ValueError, match="begin"):
        fold([record(1, Voided(why="moved"))])
    with pytest.raises(ValueError, match="once"):
        fold([record(1, ASKED), record(2, ASKED)])


def test_an_event_survives_the_journal():
    assert from_recorded(record(1, ASKED)) == ASKED


def test_a_step_that_is_begun_is_known_by_its_token():
    first = fold([record(1, ASKED)])
    assert first is not None
    ready = first.model_copy(update={"phase": Phase.APPLYING, "steps": (StepState.WAITING,)})
    begun = fold([record(2, StepBegun(index=0, token="OP-1.0"))], ready)
    assert begun is not None
    assert (begun.steps, begun.step_token, begun.next_step) == ((StepState.BEGUN,), "OP-1.0", 0)


def after(*events: OperationEvent) -> Operation:
    folded = fold(record(n, event) for n, event in enumerate((ASKED, *events), 1))
    assert folded is not None
    assert folded.version == len(events) + 1
    return folded


def test_a_call_that_fails_leaves_what_was_done_what_was_not_and_the_next_step():
    two = plan().model_copy(update={"steps": plan().steps * 2})
    failed = after(
        Planned(plan=two),
        Started(token=1, before=health(Verdict.OK)),
        StepBegun(index=0, token="OP-1.0"),
        StepDone(index=0),
        StepBegun(index=1, token="OP-1.1"),
        StepFailed(index=1, fault="throttled", what="Rate exceeded.", next="Wait a minute.", sent=True),
        Ended(outcome="failed"),
    )
    assert failed.steps == (StepState.DONE, StepState.FAILED)
    assert (failed.phase, failed.what, failed.instead) == (Phase.FAILED, "Rate exceeded.", "Wait a minute.")
    assert (failed.sent, failed.next_step, failed.before) == (True, 1, health(Verdict.OK))
    assert failed.may_be_undone(START)


def test_the_last_call_done_begins_the_watch():
    watched = after(Planned(plan=plan()), Started(token=1), StepBegun(index=0, token="t"), StepDone(index=0))
    assert (watched.phase, watched.next_step) == (Phase.WATCHING, None)


def test_what_is_found_after_the_end_does_not_reopen_it():
    ended = after(
        Planned(plan=plan()),
        Ended(outcome="succeeded", fingerprint="f2"),
        Verified(verdict="helped", after=health(Verdict.OK), says="It helped."),
        Undone(by="OP-2"),
    )
    assert (ended.phase, ended.verdict, ended.undone_by) == (Phase.SUCCEEDED, "helped", "OP-2")
    assert ended.fingerprint_after == "f2"


def test_a_plan_that_is_turned_down_says_why():
    down = after(TurnedDown(what="It is frozen.", instead="Wait for Monday."))
    assert (down.phase, down.what, down.instead) == (Phase.TURNED_DOWN, "It is frozen.", "Wait for Monday.")
    assert down.is_over


def test_a_new_plan_forgets_who_agreed_to_the_old_one():
    again = after(
        Planned(plan=plan(), needs=1), Voided(why="The target moved."), Planned(plan=plan(), needs=2)
    )
    assert (again.phase, again.approved_by, again.confirmed_by, again.needs) == (Phase.PLANNED, (), None, 2)


def test_a_plan_made_anew_is_announced_anew_when_it_breaks_the_glass():
    told = planned(phase=Phase.READY, breaks_glass=True, glass_announced=True)
    record = RecordedEvent(
        stream="op:OP-1",
        version=told.version + 1,
        at=START,
        who=Actor(team="T0", user="MUSTER", via="system"),
        type="op.voided",
        data={"why": "it moved"},
    )
    after = fold([record], told)
    assert after is not None
    assert not after.glass_announced
