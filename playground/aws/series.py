"""Metrics as numbers that look lived-in: the same for the same minute, in every run."""

import hashlib
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

DAY_S = 86400
SPREAD = {"Minimum": 0.6, "Average": 1.0, "Maximum": 1.8, "p50": 0.8, "p90": 1.2, "p95": 1.35, "p99": 1.9}

Dimensions = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Series:
    """One metric with its dimensions. base: its usual value, for a counter the usual count a minute.

    A gauge is a number of things (hosts, tasks): it neither waves nor spreads.
    """

    namespace: str
    metric: str
    dimensions: Dimensions
    base: float
    unit: str = "None"
    is_gauge: bool = False

    def value(self, at: datetime, period_s: int, statistic: str) -> float:
        """The statistic over the period that begins then: a daily wave and a little noise."""
        if self.is_gauge:
            return self.base
        seconds = at.timestamp()
        key = f"{self.namespace}/{self.metric}/{sorted(self.dimensions)}/{int(seconds)}"
        noise = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
        wave = math.sin(2 * math.pi * (seconds % DAY_S) / DAY_S)
        level = self.base * (1 + 0.15 * wave + 0.2 * (noise - 0.5))
        if statistic == "SampleCount":
            return period_s / 60
        if statistic == "Sum":
            total = level * period_s / 60
            return float(int(total + noise)) if self.unit == "Count" else total
        return level * SPREAD.get(statistic, 1.0)


@dataclass(frozen=True)
class Surge:
    """From `since` (until `until`) every series of this metric is `factor` times what it would be."""

    metric: str
    factor: float
    since: datetime
    until: datetime | None = None

    def is_on(self, start: datetime, end: datetime) -> bool:
        """Whether it goes on at some time from start to end."""
        return end > self.since and (self.until is None or start < self.until)


@dataclass
class Metrics:
    """The series of one region, and what has been done to them."""

    series: list[Series] = field(default_factory=list[Series])
    surges: list[Surge] = field(default_factory=list[Surge])

    def find(self, namespace: str, metric: str, dimensions: Dimensions) -> Series | None:
        """The series with exactly these dimensions: one missing or one too many finds nothing, as in AWS."""
        wanted = (namespace, metric, dimensions)
        return next(
            (each for each in self.series if (each.namespace, each.metric, each.dimensions) == wanted), None
        )

    def points(
        self, series: Series, start: datetime, end: datetime, period_s: int, statistic: str
    ) -> list[tuple[datetime, float]]:
        """Time and value of each whole period from start to end, the oldest first; at most 1440."""
        first = start - timedelta(seconds=start.timestamp() % period_s)
        count = min(max(int((end - first).total_seconds() // period_s), 0), 1440)
        times = (first + timedelta(seconds=n * period_s) for n in range(count))
        return [(at, self._surged(series, at, period_s, statistic)) for at in times]

    def _surged(self, series: Series, at: datetime, period_s: int, statistic: str) -> float:
        value = series.value(at, period_s, statistic)
        for surge in self.surges:
            if surge.metric == series.metric and surge.is_on(at, at + timedelta(seconds=period_s)):
                value *= surge.factor
        return round(value, 6)
