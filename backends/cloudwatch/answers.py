"""Metrics as a chart, or all of them as a table: pure."""

from collections.abc import Sequence
from datetime import datetime

from backends.cloudwatch.queries import Points, Span
from backends.cloudwatch.target import Metric, shown
from model.change import Verdict
from model.findings import Chart, Findings, Line, Table, Threshold
from model.window import span_in_words


def one_metric(metric: Metric, points: Points, span: Span, since: datetime, until: datetime) -> Findings:
    """How a metric went, with what the catalog calls too much or too little."""
    said = span_in_words(since, until)
    note = f"{_named(metric)}, every {_period(span.period)}; {metric.source}"
    if not points:
        return Findings(headline=f"{metric.title}: no data, {said}", note=note)
    chart = Chart(
        title=metric.title,
        unit=metric.unit,
        lines=(Line(label=metric.title, points=points),),
        start=since.timestamp(),
        end=until.timestamp(),
        thresholds=thresholds(metric),
    )
    values = [value for _, value in points]
    verdict, why = metric.verdict(values[-1])
    low, high = shown(min(values), metric.unit), shown(max(values), metric.unit)
    headline = f"{metric.title} {shown(values[-1], metric.unit)}"
    headline += f", {why}" if why else ""
    return Findings(
        headline=f"{headline}; {low} to {high}, {said}",
        verdict=verdict if metric.over or metric.under else None,
        chart=chart,
        note=note,
    )


def all_metrics(
    metrics: Sequence[Metric], found: Sequence[Points], since: datetime, until: datetime
) -> Findings:
    """Every metric as it is now, and between what it went."""
    judged = [
        metric.verdict(points[-1][1]) if points else (Verdict.OK, "")
        for metric, points in zip(metrics, found, strict=True)
    ]
    bad = [metric for metric, (verdict, _) in zip(metrics, judged, strict=True) if verdict is not Verdict.OK]
    rows = tuple(
        _row(metric, points, verdict)
        for (metric, points), (verdict, _) in zip(zip(metrics, found, strict=True), judged, strict=True)
    )
    table = Table(columns=("metric", "now", "lowest", "highest", "limit", ""), rows=rows)
    names = ", ".join(f"{one.title} {why}" for one, (_, why) in zip(metrics, judged, strict=True) if why)
    headline = f"{len(bad)} of {len(metrics)} metrics beyond their limits: {names}" if bad else ""
    worst = Verdict.DOWN if any(verdict is Verdict.DOWN for verdict, _ in judged) else Verdict.DEGRADED
    return Findings(
        headline=headline or f"{len(metrics)} metrics, none beyond its limit",
        verdict=worst if bad else Verdict.OK,
        tables=(table,),
        note=f"{span_in_words(since, until)}; a chart of one: its name behind the service",
    )


def _row(metric: Metric, points: Points, verdict: Verdict) -> tuple[str, ...]:
    limits = [f"at most {shown(one.value, metric.unit)}" for one in metric.over]
    limits += [f"at least {shown(one.value, metric.unit)}" for one in metric.under]
    if not points:
        return (metric.name, "no data", "", "", ", ".join(limits), "")
    values = [value for _, value in points]
    now, low, high = (shown(one, metric.unit) for one in (values[-1], min(values), max(values)))
    return (metric.name, now, low, high, ", ".join(limits), "" if verdict is Verdict.OK else str(verdict))


def thresholds(metric: Metric) -> tuple[Threshold, ...]:
    """The catalog's bounds as lines on a chart, which says their values itself."""
    most = [Threshold(value=one.value, says=one.says or "limit") for one in metric.over]
    least = [Threshold(value=one.value, says=one.says or "least", is_least=True) for one in metric.under]
    return (*most, *least)


def _named(metric: Metric) -> str:
    if metric.math:
        return metric.math
    return f"{metric.namespace} {metric.metric} {metric.stat}"


def _period(seconds: int) -> str:
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds // 60} min"
