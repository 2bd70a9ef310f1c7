"""The backend of kind `cloudwatch`: metrics by name, thresholds and alarms."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from backends.aws_api import AwsApi, listed, pages
from backends.aws_clients import AwsClients
from backends.cloudwatch.answers import all_metrics, one_metric
from backends.cloudwatch.health import alarm_signs, metric_signs
from backends.cloudwatch.queries import Points, Span, answered, queries, span_of
from backends.cloudwatch.target import CloudWatchTarget, Json, Metric
from model.catalog.schema import Service
from model.health import Health, worst
from model.ports.backend import Grant
from model.queries import MetricsQuery, Query
from model.query_result import QueryResult
from model.window import check_window

LONGEST = timedelta(days=14)
LATELY = timedelta(minutes=15)
"""How far back the value of now may lie."""
SIGN_PERIOD = 300
"""Health looks at five minutes, as the runbooks' alarms do: one bad minute is no trouble yet."""


class CloudWatch:
    """Reads with GetMetricData and DescribeAlarms; changes nothing."""

    kind = "cloudwatch"
    target = CloudWatchTarget

    def __init__(self, clients: AwsClients, clock: Callable[[], datetime]) -> None:
        self._clients, self._clock = clients, clock

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """GetMetricData knows no resources; alarms that are looked for by prefix are listed."""
        target = CloudWatchTarget.of(service)
        alarms = target.arn_of("cloudwatch", "alarm:*")
        data = (Grant(("cloudwatch:GetMetricData",)),) if target.metrics else ()
        return (*data, *((Grant(("cloudwatch:DescribeAlarms",), (alarms,)),) if target.alarms else ()))

    async def reach(self, service: Service) -> None:
        """Its metrics and alarms can be read. Raises BackendError."""
        await self.health(service)

    async def close(self) -> None:
        """Give back connections."""
        await self._clients.close()

    def offers(self, service: Service, kind: str) -> tuple[str, ...]:
        """The metrics of the catalog, and all of them together."""
        names = tuple(one.name for one in CloudWatchTarget.of(service).metrics)
        return ("", *names) if kind == "metrics" and names else ()

    async def answer(self, service: Service, question: Query, now: datetime) -> QueryResult:
        """A chart of one metric, or a table of all. Raises BackendError, Refused."""
        assert isinstance(question, MetricsQuery)
        since, until = question.since, question.until
        check_window(since, until, now, LONGEST)
        target = CloudWatchTarget.of(service)
        if not question.name:
            least = max(one.period for one in target.metrics)
            span = span_of(since, until, now, least)
            return all_metrics(target.metrics, await self._read(target, target.metrics, span), since, until)
        metric = next(one for one in target.metrics if one.name == question.name)
        span = span_of(since, until, now, metric.period)
        points = (await self._read(target, (metric,), span))[0]
        return one_metric(metric, points, span, since, until)

    async def health(self, service: Service) -> Health:
        """Alarms that are on, and metrics beyond what the catalog allows. Raises BackendError."""
        target, now = CloudWatchTarget.of(service), self._clock()
        alarms, metrics = await asyncio.gather(self._alarms(target), self._limited(target, now))
        signs = (alarm_signs(target.alarms, alarms, now) if target.alarms else ()) + metric_signs(*metrics)
        verdict, reason = worst(signs)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=signs)

    async def _limited(
        self, target: CloudWatchTarget, now: datetime
    ) -> tuple[Sequence[Metric], Sequence[Points]]:
        """Metrics that have a bound, as they went lately."""
        limited = [one for one in target.metrics if one.has_bounds]
        span = span_of(now - LATELY, now, now, SIGN_PERIOD)
        return limited, await self._read(target, limited, span)

    async def _read(
        self, target: CloudWatchTarget, metrics: Sequence[Metric], span: Span
    ) -> Sequence[Points]:
        """The points of each metric, all in one question."""
        if not metrics:
            return []
        asked: Json = {
            "MetricDataQueries": queries(metrics, span.period),
            "StartTime": span.start,
            "EndTime": span.end,
            "ScanBy": "TimestampAscending",
        }
        ask = partial(AwsApi(self._clients, "cloudwatch").read, target, "get_metric_data")
        results = await listed(ask, "MetricDataResults", marker="NextToken", **asked)
        return answered(metrics, span, results)

    async def _alarms(self, target: CloudWatchTarget) -> list[Json]:
        """The alarms of the service; nothing is asked where the catalog names none."""
        if not target.alarms:
            return []
        found: list[Json] = []
        asked: Json = {"AlarmNamePrefix": target.alarms, "MaxRecords": 100}
        asked["AlarmTypes"] = ["MetricAlarm", "CompositeAlarm"]
        ask = partial(AwsApi(self._clients, "cloudwatch").read, target, "describe_alarms")
        async for page in pages(ask, marker="NextToken", **asked):
            found += cast(list[Json], page.get("MetricAlarms") or [])
            found += cast(list[Json], page.get("CompositeAlarms") or [])
        return found
