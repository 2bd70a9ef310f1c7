"""What Prometheus' answers say: pure."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from backends.prometheus.target import PromMetric
from model.metrics import amount
from model.query_result import Chart, ChartLine, QueryResult
from model.window import span_in_words

MOST = 8
"""Series that one chart shows: the largest."""

Series = Sequence[tuple[Mapping[str, str], Sequence[tuple[float, float]]]]


def series(metric: PromMetric, answer: Mapping[str, Any]) -> Series:
    """Labels and points of a matrix or vector, in the metric's unit, without what is no number."""
    found: list[tuple[Mapping[str, str], list[tuple[float, float]]]] = []
    for one in cast(list[dict[str, Any]], answer["result"]):
        sent = one.get("values") or [one["value"]]
        points = [(float(at), float(value) * metric.scale) for at, value in sent]
        kept = [(at, value) for at, value in points if math.isfinite(value)]
        if kept:
            found.append((cast(Mapping[str, str], one["metric"]), kept))
    return sorted(found, key=lambda one: -max(value for _, value in one[1]))


def one_metric(
    metric: PromMetric, found: Series, since: datetime, until: datetime, step_s: int
) -> QueryResult:
    """How a metric went, each series by its labels."""
    said = span_in_words(since, until)
    note = f"{metric.query}, every {step_s} s; {metric.source}"
    if not found:
        return QueryResult(headline=f"{metric.title}: no data, {said}", note=note)
    shown, left_out = found[:MOST], max(0, len(found) - MOST)
    lines = tuple(ChartLine(label=label(metric, labels), points=tuple(points)) for labels, points in shown)
    now, at = max((points[-1][1], label(metric, labels)) for labels, points in found)
    verdict, why = metric.verdict(now)
    whose = f" ({at})" if len(found) > 1 else ""
    values = [value for _, points in found for _, value in points]
    low, high = amount(min(values), metric.unit), amount(max(values), metric.unit)
    headline = f"{metric.title} {amount(now, metric.unit)}{whose}{f', {why}' if why else ''}"
    chart = Chart(
        title=metric.title,
        unit=metric.unit,
        lines=lines,
        start=since.timestamp(),
        end=until.timestamp(),
        thresholds=metric.thresholds,
    )
    return QueryResult(
        headline=f"{headline}; {low} to {high}, {said}",
        verdict=verdict if metric.has_bounds else None,
        chart=chart,
        note=f"{left_out} smaller series left out; {note}" if left_out else note,
    )


def label(metric: PromMetric, labels: Mapping[str, str]) -> str:
    """A series in words: the values of the labels that tell it apart."""
    names = metric.by or tuple(name for name in labels if name != "__name__")
    return ", ".join(labels[name] for name in names if name in labels) or metric.title


def newest(found: Series) -> float | None:
    """The largest of the newest values, None where there are none."""
    return max((points[-1][1] for _, points in found), default=None)
