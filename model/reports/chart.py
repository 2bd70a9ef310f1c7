"""The report as bars: incidents by severity, a day or a week each."""

from datetime import timedelta

from model.query_result import Chart, ChartLine
from model.reports.report import Report

_DAILY = timedelta(days=21)
"""Longer times are told by the week: more bars cannot be read on a phone."""


def chart_of(report: Report) -> Chart | None:
    """None where there were no incidents. A bar is as many days from the report's start."""
    if not report.incidents:
        return None
    step = timedelta(days=1 if report.until - report.since <= _DAILY else 7)
    count = max(1, -(-(report.until - report.since) // step))
    ranks = {one.severity: one.rank for one in report.incidents}
    lines = [
        ChartLine(label=severity, points=_bars(report, severity, step, count))
        for severity in sorted(ranks, key=lambda one: (ranks[one], one))
    ]
    return Chart(
        title=f"Incidents a {'day' if step.days == 1 else 'week'}",
        unit="count",
        lines=tuple(lines),
        start=report.since.timestamp(),
        end=report.until.timestamp(),
        style="bars",
    )


def _bars(report: Report, severity: str, step: timedelta, count: int) -> tuple[tuple[float, float], ...]:
    numbers = [0] * count
    for one in report.incidents:
        if one.severity == severity:
            numbers[min(count - 1, (one.declared_at - report.since) // step)] += 1
    start, wide = report.since.timestamp(), step.total_seconds()
    return tuple((start + at * wide, float(number)) for at, number in enumerate(numbers))
