"""Freezes and maintenance windows, whatever the year and the time zone."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from model.catalog.calendar import in_window, is_frozen, quarter_end, window_at
from model.catalog.system import ChangeFreeze, SeverityScheme, System, Window

MOMENTS = st.integers(0, 4_200_000_000).map(lambda second: datetime.fromtimestamp(second, UTC))


def a_system(**parts: Any) -> System:
    scheme = SeverityScheme(source="s", defined=False)
    return System(id="a", name="A", source="s", severities=scheme, **parts)


FROZEN = a_system(freezes=(ChangeFreeze(source="s", rule="quarter-end-week", says="No changes"),))


def a_window(**facts: Any) -> System:
    return a_system(windows=(Window(source="s", **facts),))


@given(st.dates(date(1999, 1, 1), date(2105, 1, 1)))
def test_a_quarter_ends_on_one_of_four_days(day: date) -> None:
    end = quarter_end(day)
    assert (end.month, end.day) in {(3, 31), (6, 30), (9, 30), (12, 31)}
    assert day <= end < day + timedelta(days=92)
    assert (end + timedelta(days=1)).day == 1


@given(MOMENTS)
def test_a_freeze_holds_exactly_when_the_quarter_ends_within_seven_days(at: datetime) -> None:
    in_a_week = at + timedelta(days=7)
    ends = (at.year, (at.month - 1) // 3) != (in_a_week.year, (in_a_week.month - 1) // 3)
    assert (is_frozen(FROZEN, at) is not None) == ends


@given(st.integers(1999, 2104))
def test_every_year_has_28_frozen_days_leap_years_too(year: int) -> None:
    days = (datetime(year, 1, 1, 12, tzinfo=UTC) + timedelta(days=n) for n in range(366))
    assert sum(1 for day in days if day.year == year and is_frozen(FROZEN, day)) == 28


def test_a_freeze_begins_and_ends_at_midnight_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert is_frozen(FROZEN, datetime(2026, 6, 24, 8, 59, tzinfo=tokyo)) is None
    assert is_frozen(FROZEN, datetime(2026, 6, 24, 9, 0, tzinfo=tokyo))
    assert is_frozen(FROZEN, datetime(2026, 7, 1, 8, 59, tzinfo=tokyo))
    assert is_frozen(FROZEN, datetime(2026, 7, 1, 9, 0, tzinfo=tokyo)) is None


@given(MOMENTS)
def test_a_system_without_freeze_or_window_is_never_in_one(at: datetime) -> None:
    assert is_frozen(a_system(), at) is None
    assert not in_window(a_system(), at)


@given(MOMENTS, st.integers(0, 6), st.integers(0, 23), st.integers(0, 23))
def test_a_window_is_as_long_as_its_hours_say(at: datetime, weekday: int, start: int, end: int) -> None:
    system = a_window(weekday=weekday, start=f"{start:02}:00", end=f"{end:02}:00")
    monday = at - timedelta(days=at.weekday(), hours=at.hour, minutes=at.minute)
    inside = sum(in_window(system, monday + timedelta(hours=n)) for n in range(7 * 24))
    assert inside == ((end - start) % 24 or 24)


def test_a_window_past_midnight_goes_on_the_next_morning() -> None:
    system = a_window(weekday=6, start="23:00", end="01:00")
    sunday = datetime(2026, 3, 1, tzinfo=UTC)
    assert [in_window(system, sunday + timedelta(hours=h)) for h in (0, 22, 23, 24, 25)] == [
        False,
        False,
        True,
        True,
        False,
    ]


def test_a_window_in_another_time_zone_follows_its_clock() -> None:
    system = a_window(weekday=6, start="03:00", end="05:00", timezone="Asia/Tokyo")
    assert window_at(system, datetime(2026, 2, 28, 18, 30, tzinfo=UTC))
    assert not in_window(system, datetime(2026, 3, 1, 3, 30, tzinfo=UTC))
