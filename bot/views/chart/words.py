"""A chart in words: what a screen reader says, and what stays where no picture can be shown."""

import math

from bot.views.chart.amounts import amount, moment, window
from bot.views.chart.layout import step_of
from model.query_result import Chart, ChartLine, Threshold

LINES = 8
"""Lines that a chart shows; more cannot be told apart."""

ADDED_UP = frozenset({"USD", "count", "bytes"})
"""Units of which a sum over time means something, in bars."""


def in_words(chart: Chart) -> str:
    """The chart in sentences, a line each: where each series stands, its least, most, average and limits."""
    first = f"{chart.title}, {window(chart.start, chart.end)}."
    lines = shown_lines(chart)
    if not any(known(line) for line in lines):
        return f"{first} No data."
    said = [first, *(_line(chart, line) for line in lines)]
    if chart.style == "bars" and chart.unit in ADDED_UP and len(lines) > 1:
        together = sum(value for line in lines for _, value in known(line))
        said.append(f"All together {amount(together, chart.unit)}.")
    left = len(chart.lines) - len(lines)
    if left:
        said.append(f"{left} more {'line is' if left == 1 else 'lines are'} not shown.")
    if chart.marks:
        marks = sorted(chart.marks, key=lambda mark: mark.at)
        told = "; ".join(f"{moment(mark.at, chart.start, chart.end)} {mark.says}" for mark in marks)
        said.append(f"Done meanwhile: {told}.")
    return "\n".join(said)


def shown_lines(chart: Chart) -> tuple[ChartLine, ...]:
    """The lines that are shown, in their order: those that reach highest where there are too many."""
    if len(chart.lines) <= LINES:
        return chart.lines
    highest = sorted(chart.lines, key=lambda line: max((v for _, v in known(line)), default=-math.inf))
    kept = {id(line) for line in highest[-LINES:]}
    return tuple(line for line in chart.lines if id(line) in kept)


def known(line: ChartLine) -> list[tuple[float, float]]:
    """The points that have a value, in the order of time; a gap is told as not a number."""
    return sorted((at, value) for at, value in line.points if math.isfinite(value))


def is_recent(chart: Chart, points: list[tuple[float, float]]) -> bool:
    """Whether the last point is near enough to the end of the window to be called now."""
    return chart.end - points[-1][0] <= max(2 * step_of(points), (chart.end - chart.start) / 20)


def _last_told(chart: Chart, points: list[tuple[float, float]]) -> str:
    at = moment(points[-1][0], chart.start, chart.end)
    if chart.style == "bars":
        return f"last ({at})"
    return "now" if is_recent(chart, points) else f"last seen at {at}"


def _line(chart: Chart, line: ChartLine) -> str:
    points = known(line)
    name = line.label or chart.title
    if not points:
        return f"{name}: no data."
    values = [value for _, value in points]
    least, most = (pick(points, key=lambda point: point[1]) for pick in (min, max))
    parts = [
        f"{_last_told(chart, points)} {amount(values[-1], chart.unit)}",
        f"least {_at(chart, least)}",
        f"most {_at(chart, most)}",
        f"average {amount(sum(values) / len(values), chart.unit)}",
    ]
    if chart.style == "bars" and chart.unit in ADDED_UP:
        parts.append(f"together {amount(sum(values), chart.unit)}")
    if chart.style == "line":
        parts += _limits(chart, points)
    return f"{name}: {', '.join(parts)}."


def _at(chart: Chart, point: tuple[float, float]) -> str:
    return f"{amount(point[1], chart.unit)} at {moment(point[0], chart.start, chart.end)}"


def _limits(chart: Chart, points: list[tuple[float, float]]) -> list[str]:
    """Every limit that was passed; one alone is also said when it was not."""
    told = [_against(chart, limit, points) for limit in chart.thresholds]
    passed = [one for one in told if not one.startswith("never ")]
    return passed or (told if len(told) < 2 else ["within all limits"])


def _against(chart: Chart, limit: Threshold, points: list[tuple[float, float]]) -> str:
    """Whether the line is beyond a limit, and since when."""
    side = "under" if limit.is_least else "over"
    told = f"{side} {amount(limit.value, chart.unit)}" + (f" ({limit.says})" if limit.says else "")
    beyond = [value < limit.value if limit.is_least else value > limit.value for _, value in points]
    if not any(beyond):
        return f"never {told}"
    if not beyond[-1]:
        last = max(at for (at, _), is_beyond in zip(points, beyond, strict=True) if is_beyond)
        return f"{told} until {moment(last, chart.start, chart.end)}"
    if all(beyond):
        return f"{told} all the time"
    within = max(at for at, is_beyond in enumerate(beyond) if not is_beyond)
    return f"{told} since {moment(points[within + 1][0], chart.start, chart.end)}"
