"""The backend of kind `prometheus`: queries of the catalog over its HTTP API."""

import asyncio
import math
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from backends.prometheus.answers import newest, one_metric, series
from backends.prometheus.target import PrometheusTarget, PromMetric, named, target_of
from backends.prometheus.traps import traps_of
from model.catalog.problems import Diagnostic
from model.catalog.schema import Service
from model.health import Check, Health, Verdict, worst
from model.metrics import amount, overview
from model.ports.backend import BackendError, Fault, Grant
from model.queries import MetricsQuery, Query
from model.query_result import QueryResult
from model.slash import slash
from model.window import check_window

POINTS = 300
LEAST_STEP_S = 5
LONGEST = timedelta(days=14)
TIMEOUT_S = 10.0


class Prometheus:
    """Asks `query` and `query_range` (Prometheus docs, HTTP API). urls: service id → another address."""

    kind = "prometheus"
    target = PrometheusTarget

    def __init__(self, urls: Mapping[str, str], clock: Callable[[], datetime]) -> None:
        self._urls, self._clock = urls, clock
        self._http: Any = None

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """None of a cloud's."""
        return ()

    def traps(self, service: Service) -> tuple[Diagnostic, ...]:
        """Queries that do not parse or do not say what they seem to."""
        return tuple(trap for one in target_of(service).metrics for trap in traps_of(one))

    async def reach(self, service: Service) -> None:
        """It answers a query. Raises BackendError."""
        await self._ask(service, "query", query="vector(1)")

    async def close(self) -> None:
        """Give back connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def health(self, service: Service) -> Health:
        """Every metric that has a limit, as it is now. Raises BackendError."""
        metrics = [one for one in target_of(service).metrics if one.has_bounds]
        values = await asyncio.gather(*(self._now(service, one) for one in metrics))
        signs = tuple(_sign(one, value) for one, value in zip(metrics, values, strict=True))
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    def offers(self, service: Service, kind: str) -> tuple[str, ...]:
        """The metrics of the catalog."""
        return ("", *(one.name for one in target_of(service).metrics)) if kind == "metrics" else ()

    async def answer(self, service: Service, question: Query, now: datetime) -> QueryResult:
        """One metric as a chart, or all as they are now. Raises BackendError, Refused."""
        assert isinstance(question, MetricsQuery)
        check_window(question.since, question.until, now, LONGEST)
        if not question.name:
            metrics = target_of(service).metrics
            values = await asyncio.gather(*(self._now(service, one) for one in metrics))
            return overview(metrics, values, "From Prometheus; a chart of one: its name behind the service")
        metric = named(service, question.name)
        seconds = (question.until - question.since).total_seconds()
        step = max(LEAST_STEP_S, math.ceil(seconds / POINTS))
        answer = await self._ask(
            service,
            "query_range",
            query=metric.query,
            start=f"{question.since.timestamp():.3f}",
            end=f"{question.until.timestamp():.3f}",
            step=str(step),
        )
        return one_metric(metric, series(metric, answer), question.since, question.until, step)

    async def _now(self, service: Service, metric: PromMetric) -> float | None:
        at = f"{self._clock().timestamp():.3f}"
        return newest(series(metric, await self._ask(service, "query", query=metric.query, time=at)))

    async def _ask(self, service: Service, path: str, **params: str) -> Mapping[str, Any]:
        """The `data` of an answer. Raises BackendError with Prometheus' own words."""
        import httpx

        if self._http is None:
            self._http = httpx.AsyncClient(timeout=TIMEOUT_S)
        base = (self._urls.get(service.id) or target_of(service).url).rstrip("/")
        try:
            answer = await self._http.post(f"{base}/api/v1/{path}", data=params)
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
            what = f"Prometheus at {base} cannot be reached: {said}."
            raise BackendError(
                Fault.UNREACHABLE, what, f"Check that it runs; {slash('health')} {service.id} shows the rest."
            ) from error
        try:
            body = cast(dict[str, Any], answer.json())
        except ValueError as error:
            what = f"Prometheus at {base} answered {answer.status_code} without JSON."
            raise BackendError(Fault.FAILED, what, "Check the address of Prometheus.") from error
        if body.get("status") != "success":
            what = f"Prometheus does not take the query: {body.get('error')}."
            raise BackendError(
                Fault.INVALID, what, "Mend the query in the catalog; `muster check` parses it."
            )
        return cast(Mapping[str, Any], body["data"])


def _sign(metric: PromMetric, value: float | None) -> Check:
    if value is None:
        return Check(name=metric.title, value="no data", verdict=Verdict.UNKNOWN)
    verdict, why = metric.verdict(value)
    said = f"{metric.title} {amount(value, metric.unit)} is {why}" if why else ""
    return Check(name=metric.title, value=amount(value, metric.unit), verdict=verdict, why=said, number=value)
