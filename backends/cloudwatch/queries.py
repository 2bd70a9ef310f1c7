"""Queries of GetMetricData and their answers as points: pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from backends.cloudwatch.target import Json, Metric, Stat

MOST_POINTS = 300
"""Points of one line: more than a chart on a phone can show, and far below what AWS limits."""

_PERIODS = (60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600)
_KEPT = ((timedelta(days=63), 3600), (timedelta(days=15), 300))
"""CloudWatch keeps minutes for 15 days and five minutes for 63 (its concepts page)."""

Points = tuple[tuple[float, float], ...]
"""Seconds since the epoch and value, the oldest first."""


@dataclass(frozen=True)
class Span:
    """Whole periods from start to before end: the period that has only begun would look like a drop."""

    start: datetime
    end: datetime
    period: int

    @property
    def times(self) -> list[float]:
        """When each period begins, in seconds since the epoch."""
        first, last = int(self.start.timestamp()), int(self.end.timestamp())
        return [float(at) for at in range(first, last, self.period)]


def span_of(since: datetime, until: datetime, now: datetime, least: int = 60) -> Span:
    """The shortest period with at most MOST_POINTS points that CloudWatch still has."""
    kept = next((period for age, period in _KEPT if now - since > age), 60)
    wanted = max(least, kept, (until - since).total_seconds() / MOST_POINTS)
    period = next((one for one in _PERIODS if one >= wanted), _PERIODS[-1])
    return Span(_floor(since, period), _floor(until, period), period)


def _floor(at: datetime, period: int) -> datetime:
    return at - timedelta(seconds=at.timestamp() % period)


def queries(metrics: Sequence[Metric], period: int) -> list[Json]:
    """What to ask for all of them in one call; `answered` reads the answer by the same order."""
    asked: list[Json] = []
    for at, metric in enumerate(metrics):
        prefix = f"m{at}"
        for name, stat in metric.stats.items():
            id = f"{prefix}_{name}" if name else prefix
            asked.append(_stat(id, stat, period, is_wanted=not metric.math))
        if metric.math:
            names = "|".join(sorted(metric.of, key=len, reverse=True))
            expression = re.sub(rf"\b({names})\b", rf"{prefix}_\1", metric.math)
            asked.append({"Id": prefix, "Expression": expression, "ReturnData": True})
    return asked


def _stat(id: str, stat: Stat, period: int, is_wanted: bool) -> Json:
    dimensions = [{"Name": name, "Value": value} for name, value in stat.dimensions.items()]
    metric = {"Namespace": stat.namespace, "MetricName": stat.metric, "Dimensions": dimensions}
    asked = {"Metric": metric, "Period": period, "Stat": stat.stat}
    return {"Id": id, "MetricStat": asked, "ReturnData": is_wanted}


def answered(metrics: Sequence[Metric], span: Span, results: Sequence[Json]) -> list[Points]:
    """The points of each metric, in its own unit; what is missing is a gap or, where that is said, zero."""
    found: dict[str, dict[float, float]] = {}
    for one in results:
        times = cast(Sequence[datetime], one["Timestamps"])
        values = cast(Sequence[float], one["Values"])
        known = found.setdefault(str(one["Id"]), {})
        known |= {at.timestamp(): float(value) for at, value in zip(times, values, strict=True)}
    return [_points(metric, span, found.get(f"m{at}", {})) for at, metric in enumerate(metrics)]


def _points(metric: Metric, span: Span, known: Mapping[float, float]) -> Points:
    filled = {**dict.fromkeys(span.times, 0.0), **known} if metric.missing == "zero" else known
    return tuple((at, filled[at] * metric.scale) for at in sorted(filled))
