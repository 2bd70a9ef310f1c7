"""A maintenance is a fold of its events; the runbook's rules decide which may happen."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.registry import target_types
from model.catalog_loader import load_catalog
from model.events import Actor, Event, RecordedEvent
from model.language.moment import When
from model.maintenance import decide, windows
from model.maintenance.clocks import due_timers, fire
from model.maintenance.events import MaintenanceEvent, from_recorded, to_event
from model.maintenance.post import render_notice
from model.maintenance.state import Maintenance, Phase, fold
from model.people import Person
from model.refusal import Refused

CATALOG = load_catalog(Path(__file__).parents[3] / "examples" / "catalog", target_types())
NOW = datetime(2026, 11, 11, 12, tzinfo=UTC)
"""A Wednesday."""
SUNDAY = datetime(2026, 11, 15, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHI = Person(team="T0MUSTER", user="U0CHI")


def scheduled(service: str = "miyabi-api", start: datetime = SUNDAY, **more: object):
    found = CATALOG.by_service[service]
    asked = {"start": start, "length": HOUR, **more}
    others = asked.pop("others", ())
    system, now = CATALOG.system_of(found), asked.pop("now", NOW)
    return decide.schedule("MNT-1", system, found, now, others, **asked)


def after(*happened: tuple[MaintenanceEvent | Event, datetime]) -> Maintenance:
    records = [
        RecordedEvent(
            stream="mnt:MNT-1",
            version=version,
            at=at,
            who=Actor(team=CHI.team, user=CHI.user, via="slash"),
            type=event.type,
            data=event.data if isinstance(event, Event) else to_event(event).data,
        )
        for version, (event, at) in enumerate(happened, 1)
    ]
    found = fold(records)
    assert found is not None
    assert [from_recorded(one).type for one in records] == [one.type for one in records]
    return found


def planned(**more: object) -> Maintenance:
    now = more.get("now", NOW)
    assert isinstance(now, datetime)
    return after((scheduled(**more)[0], now))


def then(maintenance_events: list[tuple[MaintenanceEvent | Event, datetime]]) -> Maintenance:
    return after((scheduled()[0], NOW), *maintenance_events)


def test_it_keeps_what_the_catalog_said_when_it_was_scheduled() -> None:
    found = planned(text="Upgrade  the\ndatabase")
    assert (found.phase, found.start, found.end) == (Phase.SCHEDULED, SUNDAY, SUNDAY + HOUR)
    assert found.notice == timedelta(hours=48)
    assert found.text == "Upgrade the database"
    assert found.cautions == ()


@pytest.mark.parametrize(
    ("service", "start", "said"),
    [
        ("miyabi-api", SUNDAY + timedelta(days=1), "Outside the preferred window, Sunday 03:00–05:00 UTC"),
        ("miyabi-api", SUNDAY + timedelta(hours=1, minutes=30), "Outside the preferred window"),
        ("architect-api", SUNDAY, "names no maintenance window"),
    ],
)
def test_what_is_unusual_is_said_and_not_forbidden(service: str, start: datetime, said: str) -> None:
    assert said in planned(service=service, start=start).cautions[0]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"start": NOW - timedelta(minutes=1)}, "has passed"),
        ({"start": NOW + timedelta(hours=47, minutes=59)}, "48 hours ahead"),
        ({"length": timedelta(hours=2, minutes=1)}, "at most 2h"),
        ({"start": NOW + timedelta(days=93)}, "more than 92 days away"),
        ({"start": NOW, "is_emergency": True}, "needs a reason"),
        ({"start": NOW, "is_emergency": True, "because": "CVE", "length": timedelta(hours=3)}, "at most 2h"),
    ],
)
def test_what_the_runbook_does_not_allow_is_refused(asked: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said) as refused:
        scheduled(**asked)
    assert refused.value.instead


def test_the_notice_is_kept_to_the_minute() -> None:
    assert planned(start=NOW + timedelta(hours=48)).is_open


def test_what_is_suggested_instead_would_be_taken() -> None:
    with pytest.raises(Refused) as refused:
        scheduled(start=NOW + HOUR)
    line = refused.value.suggestions[0]
    assert line == "/maintenance schedule miyabi-api 2026-11-15T03:00 1h"
    with pytest.raises(Refused) as late:
        scheduled(start=NOW + HOUR, now=NOW + timedelta(days=2))
    assert late.value.suggestions[0] == "/maintenance schedule miyabi-api 2026-11-22T03:00 1h"


def test_a_freeze_takes_no_maintenance_but_in_an_emergency() -> None:
    frozen = {"service": "delivery-standard", "start": datetime(2026, 12, 27, 2, tzinfo=UTC)}
    with pytest.raises(Refused, match="is frozen then"):
        scheduled(**frozen)
    found = planned(**frozen, is_emergency=True, because="CVE")
    assert any("In a freeze" in one for one in found.cautions)


def test_two_maintenances_of_one_service_never_overlap() -> None:
    first = planned()
    with pytest.raises(Refused, match="MNT-1 of miyabi-api has that time"):
        scheduled(start=SUNDAY + timedelta(minutes=59), others=[first])
    assert scheduled(start=SUNDAY + HOUR, others=[first])
    assert scheduled("delivery-standard", others=[first])
    gone = then([(decide.cancel(first)[0], NOW)])
    assert scheduled(start=SUNDAY, others=[gone])


def test_it_starts_in_its_time_only() -> None:
    found = planned()
    with pytest.raises(Refused, match="has not come yet"):
        decide.start(found, SUNDAY - timedelta(seconds=1), [found])
    with pytest.raises(Refused, match="is over since"):
        decide.start(found, SUNDAY + HOUR, [found])
    running = then([(decide.start(found, SUNDAY, [found])[0], SUNDAY)])
    assert running.phase is Phase.RUNNING
    with pytest.raises(Refused, match="is running"):
        decide.start(running, SUNDAY, [running])


def test_rights_begin_with_the_start_and_end_with_the_announced_end() -> None:
    found = planned()
    assert not found.covers(SUNDAY)
    start = (decide.start(found, SUNDAY, [])[0], SUNDAY)
    running = then([start])
    assert running.covers(SUNDAY)
    assert running.covers(SUNDAY + HOUR - timedelta(seconds=1))
    assert not running.covers(SUNDAY + HOUR)
    done = then([start, (decide.done(running)[0], SUNDAY + timedelta(minutes=5))])
    assert not done.covers(SUNDAY + timedelta(minutes=6))


def test_only_what_was_announced_an_hour_ahead_is_announced() -> None:
    architect = {"service": "architect-api"}
    assert planned(**architect, start=NOW + HOUR).is_announced
    assert not planned(**architect, start=NOW + timedelta(minutes=59)).is_announced


def test_what_is_for_afterwards_is_not_ticked_before_and_nothing_twice() -> None:
    found = planned()
    with pytest.raises(Refused, match="has not started"):
        decide.tick(found, "health")
    ticked = then([(decide.tick(found, "backup")[0], NOW)])
    with pytest.raises(Refused, match="ticked already"):
        decide.tick(ticked, "backup")
    with pytest.raises(Refused, match="when it is done"):
        decide.tick(found, "notice")
    assert "Create database backup" not in decide.left(ticked)
    assert len(decide.left(ticked)) == 4


def test_done_needs_a_start_and_nothing_is_cancelled_twice() -> None:
    found = planned()
    with pytest.raises(Refused) as refused:
        decide.done(found)
    assert refused.value.suggestions == ("/maintenance start MNT-1",)
    gone = then([(decide.cancel(found, "slipped")[0], NOW)])
    with pytest.raises(Refused, match="cancelled already"):
        decide.cancel(gone)
    assert gone.last_words == "slipped"


def test_people_are_told_48_hours_and_an_hour_ahead_at_the_start_and_at_the_end() -> None:
    found = planned()
    assert [(due.bell, due.at) for due in due_timers(found)] == [
        ("notice", SUNDAY - timedelta(hours=48)),
        ("hour", SUNDAY - HOUR),
        ("start", SUNDAY),
        ("end", SUNDAY + HOUR),
    ]


def test_what_lies_before_the_schedule_is_not_told_again() -> None:
    now = SUNDAY - timedelta(minutes=30)
    found = planned(now=now, is_emergency=True, because="CVE")
    assert [due.bell for due in due_timers(found)] == ["start", "end"]


def test_of_bells_slept_through_only_the_last_is_told_and_none_twice() -> None:
    found = planned()
    now = SUNDAY + timedelta(minutes=1)
    fired = fire(found, now)
    assert [event.data["bell"] for event in fired] == ["start"]
    told = then([(fired[0], now)])
    assert fire(told, now) == ()
    assert [due.bell for due in due_timers(told)] == ["end"]


@given(st.lists(st.integers(0, 10_000), max_size=8).map(sorted))
def test_however_often_it_wakes_each_bell_rings_at_most_once_and_in_order(minutes: list[int]) -> None:
    happened: list[tuple[MaintenanceEvent | Event, datetime]] = []
    for minute in minutes:
        now = NOW + timedelta(minutes=minute)
        happened += [(event, now) for event in fire(then(happened), now)]
    fired = [str(event.data["bell"]) for event, _ in happened if isinstance(event, Event)]
    order = ("notice", "hour", "start", "end")
    assert fired == sorted(set(fired), key=order.index)


def test_once_it_is_over_nothing_rings() -> None:
    assert due_timers(then([(decide.cancel(planned())[0], NOW)])) == ()


def test_while_it_runs_only_its_end_rings() -> None:
    running = then([(decide.start(planned(), SUNDAY, [])[0], SUNDAY)])
    assert [due.bell for due in due_timers(running)] == ["end"]
    assert running.is_overdue(SUNDAY + HOUR)


def test_the_notice_is_in_the_systems_own_template() -> None:
    start = (decide.start(planned(), SUNDAY, [])[0], SUNDAY)
    running = then([start])
    done = then([start, (decide.done(running, "All well")[0], SUNDAY + 2 * HOUR)])
    said = render_notice(done, CATALOG.by_system["miyabi-web"])
    for line in (
        "Subject: [MAINTENANCE] Miyabi API - Scheduled maintenance",
        "Status: Completed",
        "- 2026-11-15 05:00 UTC - Completed: All well (later than announced)",
        "- Verify all health checks pass",
    ):
        assert line in said
    assert "Status: COMPLETED" in render_notice(done, CATALOG.by_system["architect"])


def test_the_next_window_is_this_sunday_or_the_next() -> None:
    system = CATALOG.by_system["miyabi-web"]
    assert windows.next_window(system, NOW) == SUNDAY
    assert windows.next_window(system, SUNDAY) == SUNDAY
    assert windows.next_window(system, SUNDAY + timedelta(seconds=1)) == SUNDAY + timedelta(days=7)
    assert windows.next_window(CATALOG.by_system["architect"], NOW) is None


@pytest.mark.parametrize(
    ("when", "meant"),
    [
        (When(weekday=6, clock="03:00"), SUNDAY),
        (When(weekday=2, clock="12:01"), NOW + timedelta(minutes=1)),
        (When(weekday=2, clock="12:00"), NOW + timedelta(days=7)),
        (When(days=1, clock="00:30"), NOW.replace(hour=0, minute=30) + timedelta(days=1)),
        (When(days=0, clock="23:00"), NOW.replace(hour=23, minute=0)),
        (When(after=timedelta(hours=49)), NOW + timedelta(hours=49)),
        (When(at=SUNDAY), SUNDAY),
    ],
)
def test_a_weekday_is_the_next_one_whose_time_has_not_passed(when: When, meant: datetime) -> None:
    assert when.moment(NOW) == meant


def test_a_stream_begins_with_its_schedule() -> None:
    with pytest.raises(ValueError, match="does not begin"):
        after((decide.cancel(planned())[0], NOW))
    with pytest.raises(ValueError, match="scheduled once"):
        then([(scheduled()[0], NOW)])
