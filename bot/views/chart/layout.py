"""Where the parts of a chart go: ticks that are round, labels that do not cover one another."""

import itertools
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from model.query_result import Chart

TICK_STEPS_S = (1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
TICKS = 5
"""Ticks on an axis, at most one more."""


def value_ticks(top: float, unit: str, bottom: float = 0.0) -> list[float]:
    """Round values from at most bottom to at least top, in steps that are round in the unit people read."""
    scale = _scale(max(abs(top), abs(bottom)), unit)
    step = _round_up((top - bottom) / scale / (TICKS - 1)) * scale
    if unit == "count":
        step = max(1.0, step)
    first, last = math.floor(bottom / step + 1e-9), math.ceil(top / step - 1e-9)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def time_ticks(start: float, end: float) -> list[float]:
    """Whole minutes, hours or days in UTC within the window, in seconds since the epoch."""
    span = max(end - start, 1.0)
    step = next((step for step in TICK_STEPS_S if span / step <= TICKS), 0)
    if not step:
        step = 86400 * math.ceil(span / 86400 / TICKS)
    if step < 86400:
        first = math.ceil(start / step) * step
    else:
        midnight = datetime.fromtimestamp(start, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        is_midnight = midnight.timestamp() == start
        first = (midnight if is_midnight else midnight + timedelta(days=1)).timestamp()
    return [first + number * step for number in range(int(max(end - first, -1) // step) + 1)]


def top_of(chart: Chart, values: Sequence[float]) -> float:
    """How high the axis must reach: over all values, and over a limit that is not far above them."""
    highest = max((value for value in values if math.isfinite(value)), default=0.0)
    near = [limit.value for limit in chart.thresholds if limit.is_least or limit.value <= 2.5 * highest]
    if highest <= 0 and chart.thresholds:
        near.append(min(limit.value for limit in chart.thresholds))
    top = max([highest * 1.05, *(value * 1.12 for value in near)])
    if chart.unit == "percent" and highest <= 100:
        top = min(top, 100.0)
    return top if top > 0 else 1.0


def spread(wanted: Sequence[float], apart: float, low: float, high: float) -> list[float]:
    """Places as near to those wanted as `apart` between any two allows, within low and high if they fit."""
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    placed = list(wanted)
    floor = low
    for at in order:
        placed[at] = max(wanted[at], floor)
        floor = placed[at] + apart
    ceiling = high
    for at in reversed(order):
        placed[at] = min(placed[at], ceiling)
        ceiling = placed[at] - apart
    return placed


def rows(spans: Sequence[tuple[float, float]], most: int) -> list[int | None]:
    """The row of each span (from, to) so that none in a row touch; None where all rows are taken."""
    ends = [-math.inf] * most
    given: list[int | None] = [None] * len(spans)
    for at in sorted(range(len(spans)), key=lambda at: spans[at]):
        begins, ends_at = spans[at]
        free = next((row for row, taken in enumerate(ends) if begins >= taken), None)
        given[at] = free
        if free is not None:
            ends[free] = ends_at
    return given


def step_of(points: Sequence[tuple[float, float]]) -> float:
    """The usual time between two points, in seconds; 0 for fewer than two."""
    steps = sorted(after[0] - before[0] for before, after in itertools.pairwise(points))
    return steps[len(steps) // 2] if steps else 0.0


def segments(points: Sequence[tuple[float, float]], step: float) -> list[list[tuple[float, float]]]:
    """The points in runs without a gap; a gap is longer than three usual steps."""
    runs: list[list[tuple[float, float]]] = []
    for point in points:
        if not runs or (step and point[0] - runs[-1][-1][0] > 3 * step):
            runs.append([])
        runs[-1].append(point)
    return runs


def thinned(ticks: Sequence[tuple[float, str]], fit: float) -> list[tuple[float, str]]:
    """Every second, third … tick, so that no more are left than fit; at least the first."""
    every = math.ceil(len(ticks) / max(1.0, math.floor(fit)))
    return list(ticks[:: max(1, every)])


def _scale(top: float, unit: str) -> float:
    """The size of the unit that people read for a value so large."""
    if unit == "bytes":
        return float(1024 ** max(0, min(5, int(math.log(max(top, 1), 1024)))))
    seconds = {"s": top, "ms": top / 1000}.get(unit)
    if seconds is None:
        return 1.0
    size = next((per for least, per in ((172_800, 86_400), (7_200, 3_600), (120, 60)) if seconds >= least), 1)
    return size * (1000.0 if unit == "ms" else 1.0)


def _round_up(step: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    if step <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= step * (1 - 1e-9))
