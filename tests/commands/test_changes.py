"""Commands that change a target propose exactly what was typed, or say what may be typed."""

from datetime import UTC, datetime

import pytest

from model.changes import (
    Backup,
    Capacity,
    Failover,
    InstanceClass,
    Memory,
    Promote,
    RateLimit,
    Replicas,
    Restore,
    Swap,
)
from model.operations.state import UNDO_FOR, Phase
from model.outcomes import ProposeChange, UpdateOperation
from model.plan import Amount, CapacityBounds, Change, Concurrency, Restart, RiskTier, Rollback, Scale
from model.refusal import Refused
from tests.commands.builders import NOW, decided, ended, incident, operation
from tests.model.incidents.builders import BEN


@pytest.mark.parametrize(
    ("line", "change"),
    [
        ("scale architect-api 6", Scale(desired=Amount(how="to", n=6))),
        ("scale architect-api +2", Scale(desired=Amount(how="up", n=2))),
        ("scale architect-api 0", Scale(desired=Amount(how="to", n=0))),
        ("scale architect-api min=2", CapacityBounds(min=2)),
        ("scale architect-api max=8", CapacityBounds(max=8)),
        ("scale architect-api min=0 max=8", CapacityBounds(min=0, max=8)),
        ("scale architect-api min=4 max=4", CapacityBounds(min=4, max=4)),
        ("scale miyabi-api reserved=100", Concurrency(reserved=100)),
        ("scale miyabi-api reserved=none", Concurrency(reserved="none")),
        ("scale miyabi-api provisioned=0", Concurrency(provisioned=0)),
        ("scale miyabi-api memory=2048", Memory(mib=2048)),
        ("scale miyabi-api class=db.r6g.large", InstanceClass(to="db.r6g.large")),
        ("scale miyabi-api replicas=+1", Replicas(count=Amount(how="up", n=1))),
        ("scale miyabi-api replicas=2", Replicas(count=Amount(how="to", n=2))),
        ("scale miyabi-api rate=1000", RateLimit(rate=1000)),
        ("scale miyabi-api rate=1000 burst=2000", RateLimit(rate=1000, burst=2000)),
        ("scale miyabi-api read=50 write=20", Capacity(read=50, write=20)),
        ("scale miyabi-api write=20", Capacity(write=20)),
        ("backup miyabi-api", Backup()),
        ("backup miyabi-api pre-migration", Backup(name="pre-migration")),
        ("restore miyabi-api rds:miyabi-db-daily", Restore(backup="rds:miyabi-db-daily")),
        ("restore miyabi-api at=2024-05-01T14:00", Restore(at=datetime(2024, 5, 1, 14, tzinfo=UTC))),
        ("restore miyabi-api --swap", Swap()),
        ("rollback architect-api", Rollback()),
        ("rollback architect-api 7", Rollback(version="7")),
        ("promote architect-api", Promote()),
        ("promote architect-api full", Promote(full=True)),
        ("restart architect-api", Restart()),
        ("failover miyabi-api", Failover()),
        ("failover miyabi-api to=shop-db-2", Failover(to="shop-db-2")),
        ("restart architect-api hard", Restart(hard=True)),
    ],
)
def test_it_proposes_what_was_typed(line: str, change: Change):
    outcome = decided(line)
    assert isinstance(outcome, ProposeChange)
    assert outcome.service.id in line
    assert (outcome.change, outcome.undoes) == (change, "")


def test_in_an_incidents_channel_it_is_the_incidents_service():
    outcome = decided("rollback 12", here=incident())
    assert isinstance(outcome, ProposeChange)
    assert outcome.service.id == "miyabi-api"


@pytest.mark.parametrize(
    ("line", "what", "suggestion"),
    [
        ("scale architect-api", "missing", "/scale architect-api +1"),
        ("scale architect-api 6 min=2", "a count and min= and max= are two changes", ""),
        ("scale miyabi-api reserved=5 provisioned=2", "two changes", ""),
        ("scale miyabi-api 6 reserved=none", "two changes", ""),
        ("scale miyabi-api class=db.r6g.large replicas=+1", "class= and replicas= are two changes", ""),
        ("scale miyabi-api rate=5 read=5", "rate= and burst= and read= and write= are two changes", ""),
        ("scale architect-api min=8 max=2", "min=8 is over max=2", "/scale architect-api min=2 max=8"),
    ],
)
def test_scaling_says_one_thing_at_a_time(line: str, what: str, suggestion: str):
    with pytest.raises(Refused) as refused:
        decided(line)
    assert what in refused.value.what
    assert refused.value.instead
    assert suggestion in " ".join(refused.value.suggestions)
    for one in refused.value.suggestions:
        assert isinstance(decided(one), ProposeChange)


@pytest.mark.parametrize(
    ("line", "what"), [("restore miyabi-api", "missing"), ("restore miyabi-api nightly --swap", "two steps")]
)
def test_restoring_and_swapping_are_one_at_a_time(line: str, what: str):
    with pytest.raises(Refused) as refused:
        decided(line)
    assert what in refused.value.what
    assert "/restore miyabi-api --swap" in refused.value.suggestions


def events_of(line: str, **world: object) -> list[str]:
    outcome = decided(line, **world)  # pyright: ignore[reportArgumentType]
    assert isinstance(outcome, UpdateOperation)
    return [event.type for event in outcome.events]


def test_run_approve_and_cancel_press_on_the_operation_that_is_named():
    assert events_of("run OP-17", operations=[operation()]) == ["op.confirmed"]
    assert events_of("approve op-17", operations=[operation()], by=BEN) == ["op.approved"]
    assert events_of("cancel 17", operations=[operation()]) == ["op.cancelled"]


@pytest.mark.parametrize("verb", ["run", "approve", "cancel", "undo"])
def test_an_operation_that_is_not_known_is_refused(verb: str):
    with pytest.raises(Refused, match="no operation OP-18"):
        decided(f"{verb} OP-18", operations=[operation()])


def test_the_reason_given_at_run_is_recorded():
    outcome = decided("run OP-17 because 5xx", operations=[operation(needs_reason=True)])
    assert isinstance(outcome, UpdateOperation)
    assert outcome.events[0].model_dump()["because"] == "5xx"


def test_the_gravest_changes_take_the_name_by_place():
    grave = operation(tier=RiskTier.R3)
    with pytest.raises(Refused) as refused:
        decided("run OP-17", operations=[grave])
    assert events_of(refused.value.instead.removeprefix("Type /"), operations=[grave]) == ["op.confirmed"]
    with pytest.raises(Refused, match="not of `miyabi-api`"):
        decided("run OP-17 miyabi-api", operations=[grave])


def test_nobody_approves_their_own():
    with pytest.raises(Refused, match="another person"):
        decided("approve OP-17", operations=[operation()])


def test_undo_proposes_the_inverse_and_remembers_of_what():
    outcome = decided("undo OP-17", operations=[ended()])
    assert isinstance(outcome, ProposeChange)
    assert (outcome.service.id, outcome.undoes) == ("architect-api", "OP-17")
    assert outcome.change == Scale(desired=Amount(how="to", n=2))


def test_undo_without_an_id_is_the_last_that_can_be():
    last = [operation("OP-20"), ended("OP-19", undone_by="OP-20"), ended("OP-18"), ended("OP-17")]
    outcome = decided("undo", operations=last)
    assert isinstance(outcome, ProposeChange)
    assert outcome.undoes == "OP-18"


def test_undo_with_nothing_to_undo_says_how_to_name_one():
    with pytest.raises(Refused, match="OP-17"):
        decided("undo", operations=[operation(phase=Phase.CANCELLED), ended(ended_at=NOW - UNDO_FOR)])


def test_a_service_that_left_the_catalog_cannot_be_changed_back():
    with pytest.raises(Refused, match="no longer in the catalog"):
        decided("undo OP-17", operations=[ended(service="gone")])
