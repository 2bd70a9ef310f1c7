"""Metrics as a chart, or all of them as a table: pure."""

from collections.abc import Sequence
from datetime import datetime

from backends.cloudwatch.queries import Points, Span
from backends.cloudwatch.target import Metric
from model.health import Verdict
from model.metrics import amount, limits, summed
from model.query_result import Chart, ChartLine, QueryResult, Table
from model.window import span_in_words


def one_metric(metric: Metric, points: Points, span: Span, since: datetime, until: datetime) -> QueryResult:
    """How a metric went, with what the catalog calls too much or too little."""
    said = span_in_words(since, until)
    note = f"{_named(metric)}, every {_period(span.period)}; {metric.source}"
    if not points:
        return QueryResult(headline=f"{metric.title}: no data, {said}", note=note)
    chart = Chart(
        title=metric.title,
        unit=metric.unit,
        lines=(ChartLine(label=metric.title, points=points),),
        start=since.timestamp(),
        end=until.timestamp(),
        thresholds=metric.thresholds,
    )
    values = [value for _, value in points]
    verdict, why = metric.verdict(values[-1])
    low, high = amount(min(values), metric.unit), amount(max(values), metric.unit)
    headline = f"{metric.title} {amount(values[-1], metric.unit)}"
    headline += f", {why}" if why else ""
    return QueryResult(
        headline=f"{headline}; {low} to {high}, {said}",
        verdict=verdict if metric.has_bounds else None,
        chart=chart,
        note=note,
    )


def all_metrics(
    metrics: Sequence[Metric], found: Sequence[Points], since: datetime, until: datetime
) -> QueryResult:
    """Every metric as it is now, and between what it went."""
    judged = [
        metric.verdict(points[-1][1]) if points else (Verdict.OK, "")
        for metric, points in zip(metrics, found, strict=True)
    ]
    rows = tuple(
        _row(metric, points, verdict)
        for (metric, points), (verdict, _) in zip(zip(metrics, found, strict=True), judged, strict=True)
    )
    headline, verdict = summed(metrics, judged)
    return QueryResult(
        headline=headline,
        verdict=verdict,
        tables=(Table(columns=("metric", "now", "lowest", "highest", "limit", ""), rows=rows),),
        note=f"{span_in_words(since, until)}; a chart of one: its name behind the service",
    )


def _row(metric: Metric, points: Points, verdict: Verdict) -> tuple[str, ...]:
    if not points:
        return (metric.name, "no data", "", "", limits(metric), "")
    values = [value for _, value in points]
    now, low, high = (amount(one, metric.unit) for one in (values[-1], min(values), max(values)))
    return (metric.name, now, low, high, limits(metric), "" if verdict is Verdict.OK else str(verdict))


def _named(metric: Metric) -> str:
    if metric.math:
        return metric.math
    return f"{metric.namespace} {metric.metric} {metric.stat}"


def _period(seconds: int) -> str:
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds // 60} min"
