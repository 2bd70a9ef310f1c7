"""An application's own page of metrics in Prometheus' text format, read as it is scraped."""

import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from backends.shared import Kind, Shared
from model.catalog.schema import Service, Target
from model.health import Check, Health, Verdict, worst
from model.metrics import Measured, amount, figure, overview
from model.ports.backend import BackendError, Fault, Grant
from model.queries import MetricsQuery, Query
from model.query_result import QueryResult, Table
from model.slash import slash

APART_S = 2.0
"""Seconds between two samples of a counter; their difference is its rate."""

TIMEOUT_S = 8.0
ROWS = 40
Samples = Mapping[str, Mapping[tuple[tuple[str, str], ...], float]]
"""Sample name → labels → value."""


class PageMetric(Measured):
    """A figure of the page."""

    sample: str = Field(description="the sample's name on the page")
    how: Literal["value", "rate", "p95", "p99", "share"] = Field(
        default="value",
        description="a gauge's or counter's value, a counter's rate, a histogram's p95 or p99, or a share",
    )
    share: dict[str, str] = Field(
        default_factory=dict[str, str],
        description="labels whose part of the whole is meant, in percent, such as hits of all look-ups",
    )
    scale: float = Field(default=1.0, gt=0, description="what its values are multiplied by to be in `unit`")


class PageTarget(Target):
    """Where the page is."""

    kind: Literal["prometheus-text"] = "prometheus-text"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    url: str = Field(pattern=r"^https?://[^\s/]+", description="the page's address")
    metrics: tuple[PageMetric, ...] = Field(default=(), description="the figures that people ask for by name")


class MetricsPage:
    """Reads the page, twice where a rate is asked for. overrides: host → base address to ask instead."""

    kind = "prometheus-text"
    target = PageTarget

    def __init__(self, overrides: Mapping[str, str], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._overrides, self._sleep = overrides, sleep
        self._http: Any = None

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """None of a cloud's."""
        return ()

    async def reach(self, service: Service) -> None:
        """The page is there. Raises BackendError."""
        await self._page(service)

    async def close(self) -> None:
        """Give back connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def health(self, service: Service) -> Health:
        """Every metric that has a limit. Raises BackendError."""
        metrics = [one for one in _target(service).metrics if one.has_bounds]
        values = await self._values(service, metrics) if metrics else []
        signs = tuple(_sign(one, value) for one, value in zip(metrics, values, strict=True))
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    def offers(self, service: Service, kind: str) -> tuple[str, ...]:
        """The metrics of the catalog."""
        return ("", *(one.name for one in _target(service).metrics)) if kind == "metrics" else ()

    async def answer(self, service: Service, question: Query, now: datetime) -> QueryResult:
        """One metric with its series, or all of them; a page knows only now. Raises BackendError."""
        assert isinstance(question, MetricsQuery)
        metrics = [one for one in _target(service).metrics if question.name in {"", one.name}]
        before, after = await self._samples(service, metrics)
        values = [_value(one, before, after) for one in metrics]
        note = f"From {_target(service).url}, as it is now"
        if not question.name:
            return overview(metrics, values, note)
        return _one(metrics[0], values[0], after, note)

    async def _values(self, service: Service, metrics: list[PageMetric]) -> list[float | None]:
        before, after = await self._samples(service, metrics)
        return [_value(one, before, after) for one in metrics]

    async def _samples(self, service: Service, metrics: list[PageMetric]) -> tuple[Samples, Samples]:
        before = samples(await self._page(service))
        if not any(one.how == "rate" for one in metrics):
            return before, before
        await self._sleep(APART_S)
        return before, samples(await self._page(service))

    async def _page(self, service: Service) -> str:
        import httpx

        if self._http is None:
            self._http = httpx.AsyncClient(timeout=TIMEOUT_S)
        url = _target(service).url
        parts = urlsplit(url)
        base = self._overrides.get(parts.netloc) or self._overrides.get("*")
        asked = f"{base.rstrip('/')}/{parts.netloc}{parts.path}" if base else url
        try:
            answer = await self._http.get(asked)
        except (TimeoutError, httpx.HTTPError) as error:
            said = str(error) or type(error).__name__
            what = f"{url} cannot be reached: {said}."
            raise BackendError(
                Fault.UNREACHABLE, what, f"Look with {slash('health')} {service.id}."
            ) from error
        if answer.status_code != 200:
            what = f"{url} answered {answer.status_code}."
            raise BackendError(Fault.FAILED, what, f"Look with {slash('health')} {service.id}.")
        return str(answer.text)


def samples(page: str) -> Samples:
    """The samples of a page. Raises BackendError for what is not in the format."""
    from prometheus_client.parser import text_string_to_metric_families

    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    try:
        for family in text_string_to_metric_families(page):
            for one in family.samples:
                found.setdefault(one.name, {})[tuple(sorted(one.labels.items()))] = float(one.value)
    except ValueError as error:
        what = f"The page is not in Prometheus' text format: {error}."
        raise BackendError(Fault.INVALID, what, "Check its address in the catalog.") from error
    return found


def quantile(buckets: Mapping[float, float], q: float) -> float | None:
    """As histogram_quantile estimates it: linear within the bucket; the last bound where it is beyond all."""
    bounds = sorted(buckets)
    if not bounds or buckets[bounds[-1]] <= 0:
        return None
    rank, lower, under = q * buckets[bounds[-1]], 0.0, 0.0
    for bound in bounds:
        if buckets[bound] >= rank:
            if math.isinf(bound):
                return lower
            inside = buckets[bound] - under
            return lower + (bound - lower) * ((rank - under) / inside if inside else 1.0)
        lower, under = bound, buckets[bound]
    return lower


def _value(metric: PageMetric, before: Samples, after: Samples) -> float | None:
    now = after.get(metric.sample, {})
    match metric.how:
        case "p95" | "p99":
            buckets: dict[float, float] = {}
            for labels, value in after.get(f"{metric.sample}_bucket", {}).items():
                bound = float(dict(labels)["le"])
                buckets[bound] = buckets.get(bound, 0.0) + value
            found = quantile(buckets, 0.95 if metric.how == "p95" else 0.99)
        case "rate":
            was = before.get(metric.sample, {})
            # A counter that went down was started anew: what it has now is all that is new.
            grown = [
                value - was.get(key, 0.0) if value >= was.get(key, 0.0) else value
                for key, value in now.items()
            ]
            found = sum(grown) / APART_S if now else None
        case "share":
            whole = sum(now.values())
            part = sum(value for key, value in now.items() if metric.share.items() <= dict(key).items())
            found = 100 * part / whole if whole else None
        case _:
            found = sum(now.values()) if now else None
    return None if found is None else found * metric.scale


def _one(metric: PageMetric, value: float | None, after: Samples, note: str) -> QueryResult:
    if value is None:
        return QueryResult(headline=f"{metric.title}: no data", note=note)
    verdict, why = metric.verdict(value)
    listed = sorted(after.get(metric.sample, {}).items(), key=lambda one: -one[1])
    rows = tuple(
        (", ".join(f"{name}={text}" for name, text in labels) or "(all)", figure(count))
        for labels, count in listed[:ROWS]
    )
    tables = (
        (Table(columns=("series", "value"), rows=rows, left_out=max(0, len(listed) - ROWS)),) if rows else ()
    )
    said = f"{metric.title} {amount(value, metric.unit)}{f', {why}' if why else ''}"
    return QueryResult(
        headline=said, verdict=verdict if metric.has_bounds else None, tables=tables, note=note
    )


def _sign(metric: PageMetric, value: float | None) -> Check:
    if value is None:
        return Check(name=metric.title, value="no data", verdict=Verdict.UNKNOWN)
    verdict, why = metric.verdict(value)
    said = f"{metric.title} {amount(value, metric.unit)} is {why}" if why else ""
    return Check(name=metric.title, value=amount(value, metric.unit), verdict=verdict, why=said, number=value)


def _target(service: Service) -> PageTarget:
    assert isinstance(service.target, PageTarget)
    return service.target


def _build(shared: Shared) -> MetricsPage:
    return MetricsPage(shared.settings.health_overrides, shared.settings.sleep)


KIND = Kind("prometheus-text", PageTarget, _build)
