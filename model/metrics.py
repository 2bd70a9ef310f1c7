"""Figures that people ask for by name: what is too much of them, and how they read."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from model.catalog.fields import CatalogModel, Sourced, hints
from model.health import Verdict
from model.query_result import QueryResult, Table, Threshold

_OF_METRIC = hints(unit="the metric's `unit`")


class MetricThreshold(CatalogModel):
    """From where on a value is bad, and how bad; in the metric's unit."""

    value: float = Field(description="the limit itself is still well", json_schema_extra=_OF_METRIC)
    verdict: Literal[Verdict.DEGRADED, Verdict.DOWN] = Field(
        default=Verdict.DEGRADED, description="how bad it is beyond"
    )
    says: str = Field(
        default="",
        description="why, in words",
        json_schema_extra=hints(default="over or under the value"),
    )


class Measured(Sourced):
    """A figure by its name."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$", description="what people type")
    title: str = Field(
        default_factory=lambda known: str(known.get("name", "")),
        description="what charts and tables call it",
        json_schema_extra=hints(default="its `name`"),
    )
    unit: Literal["percent", "ms", "s", "bytes", "count", "per s"] = Field(
        description="what its values are, after `scale`"
    )
    over: tuple[MetricThreshold, ...] = Field(default=(), description="what its runbook calls too much")
    under: tuple[MetricThreshold, ...] = Field(default=(), description="what its runbook calls too little")

    def verdict(self, value: float) -> tuple[Verdict, str]:
        """How bad a value is, and why in words; the worst bound that it breaks decides."""
        broken = [(one, "over") for one in self.over if value > one.value]
        broken += [(one, "under") for one in self.under if value < one.value]
        for verdict in (Verdict.DOWN, Verdict.DEGRADED):
            for one, way in broken:
                if one.verdict is verdict:
                    return verdict, one.says or f"{way} {amount(one.value, self.unit)}"
        return Verdict.OK, ""

    @property
    def has_bounds(self) -> bool:
        """Whether its runbook calls anything too much or too little."""
        return bool(self.over or self.under)

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """The bounds as lines on a chart."""
        most = [(one, False) for one in self.over]
        return tuple(
            Threshold(
                value=one.value,
                says=one.says or f"at {'least' if is_least else 'most'} {amount(one.value, self.unit)}",
                is_least=is_least,
            )
            for one, is_least in [*most, *((one, True) for one in self.under)]
        )


Judged = tuple[Verdict, str]
"""How bad a value is, and why in words; empty where it is well."""


def overview(metrics: Sequence[Measured], values: Sequence[float | None], note: str) -> QueryResult:
    """Every metric as it is now; None where there is no data."""
    judged = [
        (Verdict.OK, "") if value is None else metric.verdict(value)
        for metric, value in zip(metrics, values, strict=True)
    ]
    rows = tuple(
        (
            metric.name,
            "no data" if value is None else amount(value, metric.unit),
            limits(metric),
            "" if verdict is Verdict.OK else str(verdict),
        )
        for metric, value, (verdict, _) in zip(metrics, values, judged, strict=True)
    )
    headline, verdict = summed(metrics, judged)
    table = Table(columns=("metric", "now", "limit", ""), rows=rows)
    return QueryResult(headline=headline, verdict=verdict, tables=(table,), note=note)


def summed(metrics: Sequence[Measured], judged: Sequence[Judged]) -> tuple[str, Verdict]:
    """All metrics in one line, those beyond their limits by name, and the verdict over them."""
    bad = [f"{metric.title} {why}" for metric, (_, why) in zip(metrics, judged, strict=True) if why]
    if not bad:
        return f"{len(metrics)} metrics, none beyond its limit", Verdict.OK
    is_down = any(verdict is Verdict.DOWN for verdict, _ in judged)
    said = f"{len(bad)} of {len(metrics)} metrics beyond their limits: {', '.join(bad)}"
    return said, Verdict.DOWN if is_down else Verdict.DEGRADED


def limits(metric: Measured) -> str:
    """`at most 500 ms`, in a cell of a table."""
    most = [f"at most {amount(one.value, metric.unit)}" for one in metric.over]
    return ", ".join([*most, *(f"at least {amount(one.value, metric.unit)}" for one in metric.under)])


def amount(value: float, unit: str) -> str:
    """A value with its unit, as short as it can be told on a phone."""
    if unit == "bytes":
        for size in ("B", "KiB", "MiB", "GiB"):
            if abs(value) < 1024:
                return f"{figure(value)} {size}"
            value /= 1024
        return f"{figure(value)} TiB"
    return figure(value) + {"percent": "%", "count": "", "per s": "/s"}.get(unit, f" {unit}")


def figure(value: float) -> str:
    """Three digits that matter; whole numbers from a hundred on."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
