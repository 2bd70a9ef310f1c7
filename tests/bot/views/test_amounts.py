"""Amounts and times are told in three digits and in the unit that people read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.chart.amounts import BINARY, amount, moment, window

MARCH = 1774926000.0  # 2026-03-31 03:00 UTC
HOUR, DAY = 3600.0, 86400.0


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (82, "percent", "82 %"),
        (99.96, "percent", "100 %"),
        (0.034, "percent", "0.034 %"),
        (340, "ms", "340 ms"),
        (1500, "ms", "1.5 s"),
        (999.99, "ms", "1 s"),
        (300, "s", "5 min"),
        (100_000, "s", "27.8 h"),
        (500_000, "s", "5.79 d"),
        (0, "s", "0 ms"),
        (13_107_200, "bytes", "12.5 MiB"),
        (1023.9, "bytes", "1 KiB"),
        (1_048_575, "bytes", "1 MiB"),
        (5, "bytes", "5 B"),
        (1234, "count", "1.23k"),
        (999.6, "count", "1k"),
        (12_345_678, "count", "12.3M"),
        (0, "count", "0"),
        (-3.5, "count", "-3.5"),
        (12.3, "USD", "$12.30"),
        (1234.5, "USD", "$1,234"),
        (123_456, "USD", "$123k"),
        (0.001, "USD", "$0.001"),
        (-4, "USD", "-$4.00"),
        (1234, "per s", "1.23k/s"),
        (5, "connections", "5 connections"),
    ],
)
def test_an_amount_is_told_with_its_unit(value, unit, said):
    assert amount(value, unit) == said


@given(st.floats(0, 1e17))
def test_bytes_never_reach_the_next_unit(value):
    number, unit = amount(value, "bytes").split(" ")
    assert unit in BINARY
    assert unit == "PiB" or float(number.replace(",", "")) < 1024


@given(st.floats(-1e15, 1e15), st.sampled_from(["percent", "ms", "s", "bytes", "count", "USD", "per s", "x"]))
def test_any_amount_is_short(value, unit):
    assert len(amount(value, unit)) < 30


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (60, "03:00:00"),
        (HOUR, "03:00"),
        (11 * HOUR, "03:00"),
        (2 * DAY, "31 Mar 03:00"),
        (30 * DAY, "31 Mar"),
    ],
)
def test_a_time_has_as_much_date_as_its_window_needs(length, said):
    assert moment(MARCH, MARCH, MARCH + length) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (HOUR, "2026-03-31 03:00–04:00 UTC"),
        (2 * DAY, "2026-03-31 03:00 to 2026-04-02 03:00 UTC"),
        (30 * DAY, "2026-03-31 to 2026-04-30 UTC"),
    ],
)
def test_a_window_is_told_in_utc_with_its_date(length, said):
    assert window(MARCH, MARCH + length) == said
