"""Ticks are round, labels keep apart, and gaps stay gaps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.chart.layout import (
    TICKS,
    rows,
    segments,
    spread,
    step_of,
    thinned,
    time_ticks,
    top_of,
    value_ticks,
)
from model.query_result import Chart, Threshold

MARCH = 1774926000.0


@pytest.mark.parametrize(
    ("top", "unit", "ticks"),
    [
        (86, "percent", [0, 25, 50, 75, 100]),
        (2, "count", [0, 1, 2]),
        (2**30, "bytes", [0, 2**28, 2**29, 3 * 2**28, 2**30]),
        (900, "ms", [0, 250, 500, 750, 1000]),
        (480, "s", [0, 120, 240, 360, 480]),
        (600_000, "ms", [0, 150_000, 300_000, 450_000, 600_000]),
    ],
)
def test_ticks_are_round_in_the_unit_that_is_read(top, unit, ticks):
    assert value_ticks(top, unit)[-1] >= top
    if ticks[-1] == value_ticks(top, unit)[-1]:
        assert value_ticks(top, unit) == pytest.approx(ticks)


@given(st.floats(1e-6, 1e15), st.floats(-1e15, 0), st.sampled_from(["percent", "bytes", "s", "ms", "count"]))
def test_ticks_hold_everything_and_are_few(top, bottom, unit):
    ticks = value_ticks(top, unit, bottom)
    unseen = 1e-6 * (top - bottom) + 1e-8 * (ticks[1] - ticks[0])
    assert ticks[0] <= bottom + unseen
    assert ticks[-1] >= top - unseen
    assert 2 <= len(ticks) <= TICKS + 2


@pytest.mark.parametrize("hours", [0.01, 0.5, 1, 6, 24, 24 * 7, 24 * 90])
def test_times_on_the_axis_are_whole_and_inside(hours):
    ends = MARCH + hours * 3600
    ticks = time_ticks(MARCH, ends)
    assert 1 <= len(ticks) <= TICKS + 1
    assert all(MARCH <= tick <= ends for tick in ticks)


@pytest.mark.parametrize(
    ("values", "limit", "top"),
    [((50, 70), 80, 89.6), ((95,), 80, 99.75), ((3,), 80, 3.15), ((0,), 80, 89.6), ((), None, 1)],
)
def test_an_axis_reaches_a_limit_that_is_near(values, limit, top):
    limits = () if limit is None else (Threshold(value=limit, says=""),)
    chart = Chart(title="", unit="percent", lines=(), thresholds=limits, start=0, end=1)
    assert top_of(chart, values) == pytest.approx(top)


@given(st.lists(st.floats(0, 300), max_size=8))
def test_labels_keep_apart_and_in_order_and_inside(wanted):
    placed = spread(wanted, 30, 0, 300)
    assert all(-1e-6 <= place <= 300 for place in placed)
    told = sorted(placed)
    assert all(after - before >= 30 - 1e-6 for before, after in pairwise(told))
    assert [placed[at] for at in sorted(range(len(wanted)), key=wanted.__getitem__)] == told


def test_labels_that_have_room_stay_where_they_are():
    assert spread([200.0, 10.0, 100.0], 30, 0, 300) == [200, 10, 100]


def test_labels_of_marks_go_to_the_next_row_where_one_is_in_the_way():
    assert rows([(0, 100), (50, 150), (100, 200), (60, 90), (70, 80)], 3) == [0, 1, 0, 2, None]


def test_a_gap_is_longer_than_three_usual_steps():
    points = [(0.0, 1.0), (60.0, 1.0), (120.0, 1.0), (600.0, 1.0)]
    assert step_of(points) == 60
    assert [len(run) for run in segments(points, 60)] == [3, 1]
    assert (step_of(points[:1]), segments([], 0)) == (0, [])


def test_times_are_thinned_evenly_until_they_fit():
    ticks = [(float(at), str(at)) for at in range(14)]
    assert [text for _, text in thinned(ticks, 4.9)] == ["0", "4", "8", "12"]
    assert thinned([], 3) == []
