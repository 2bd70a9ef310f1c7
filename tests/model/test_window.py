"""Windows of time are in the past, have a length, and are no longer than is sensible."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.language.parameters import Duration
from model.language.past import PastTime, Then
from model.refusal import Refused
from model.window import SKEW, check_window, in_words, span_in_words
from tests.model.language.conftest import typed_in

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONGEST = timedelta(days=7)


@given(st.integers(1, 7 * 1440), st.integers(0, 10_000))
def test_any_window_that_has_been_is_taken(minutes: int, ago: int):
    until = NOW - timedelta(minutes=ago)
    check_window(until - timedelta(minutes=minutes), until, NOW, LONGEST)


def test_a_clock_that_is_a_little_ahead_is_now():
    check_window(NOW - HOUR, NOW + SKEW, NOW, LONGEST)
    with pytest.raises(Refused, match="has not come yet; it is 2026-11-20 22:30 UTC"):
        check_window(NOW - HOUR, NOW + 2 * SKEW, NOW, LONGEST)


def test_what_is_too_long_is_told_in_words_that_can_be_typed():
    with pytest.raises(Refused) as refused:
        check_window(NOW - timedelta(days=7, minutes=90), NOW, NOW, LONGEST)
    assert refused.value.what == "At most 7d can be looked at in one go, and this is 7d1h30m."
    assert "since=7d" in refused.value.instead


@given(st.integers(1, 90 * 1440))
def test_lengths_in_words_read_back_as_they_are(minutes: int):
    length = timedelta(minutes=minutes)
    assert Duration(longest=timedelta(days=91)).read(in_words(length), typed_in()) == length


def test_seconds_are_told_where_there_is_nothing_else():
    assert in_words(timedelta(seconds=45)) == "45s"


def test_a_span_names_its_days_once_where_it_can():
    assert span_in_words(NOW - HOUR, NOW) == "2026-11-20 21:30 to 22:30 UTC"
    assert span_in_words(NOW - 23 * HOUR, NOW) == "2026-11-19 23:30 to 2026-11-20 22:30 UTC"


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("30m", NOW - HOUR / 2),
        ("2h", NOW - 2 * HOUR),
        ("3d", NOW - 72 * HOUR),
        ("2h ago", NOW - 2 * HOUR),
        ("22:30", NOW),
        ("22:31", NOW - timedelta(hours=23, minutes=59)),
        ("9.05", NOW.replace(hour=9, minute=5)),
        ("14:02Z", NOW.replace(hour=14, minute=2)),
        ("14:02:33", NOW.replace(hour=14, minute=2)),
        ("2026-11-19", datetime(2026, 11, 19, tzinfo=UTC)),
        ("2026-11-19T14:02", datetime(2026, 11, 19, 14, 2, tzinfo=UTC)),
        ("2026-11-19 14:02 utc", datetime(2026, 11, 19, 14, 2, tzinfo=UTC)),
    ],
)
def test_what_people_type_for_a_moment_is_that_moment(typed: str, moment: datetime):
    assert PastTime().read(typed, typed_in()).moment(NOW) == moment


@pytest.mark.parametrize("typed", ["soon", "-1h", "25:00", "2026-13-01", "2026-11-31", "1y", "500d", ""])
def test_what_is_no_moment_is_refused_with_what_is(typed: str):
    with pytest.raises(Refused) as refused:
        PastTime().read(typed, typed_in())
    assert refused.value.instead


def test_a_moment_is_written_as_it_is_read():
    for then in (Then(ago=HOUR), Then(clock="09:05"), Then(at=NOW)):
        assert PastTime().read(PastTime().write(then), typed_in()) == then
