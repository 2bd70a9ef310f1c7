"""CloudWatch: metrics as charts and tables, thresholds and alarms as signs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from backends.aws_clients import AwsClients
from backends.cloudwatch import CloudWatch
from backends.cloudwatch.health import alarm_signs
from backends.cloudwatch.queries import MOST_POINTS, queries, span_of
from backends.cloudwatch.target import Metric
from model.catalog.schema import Service
from model.health import Verdict
from model.metrics import amount, figure
from model.ports.backend import BackendError, Fault
from model.queries import MetricsQuery
from model.refusal import Refused
from playground.aws.series import Surge
from tests.backends.conftest import Cloud
from tests.backends.systems import CATALOG

HOUR = timedelta(hours=1)
OBSERVED = [part for one in CATALOG.services for part in one.parts if part.target.kind == "cloudwatch"]


def metrics_of(id: str) -> Service:
    """The part of a service that is its metrics."""
    return next(part for part in OBSERVED if part.id == id)


@dataclass
class Watch:
    """The backend on the playground's cloud."""

    cloud: Cloud
    backend: CloudWatch

    def ask(self, name: str = "", since: timedelta = HOUR, until: timedelta = timedelta()) -> MetricsQuery:
        now = self.cloud.clock()
        return MetricsQuery(name=name, since=now - since, until=now - until)

    async def finds(self, id: str, question: MetricsQuery):
        return await self.backend.answer(metrics_of(id), question, self.cloud.clock())

    async def signs(self, id: str):
        health = await self.backend.health(metrics_of(id))
        return health, {one.name: one for one in health.signs}

    def surge(self, region: str, metric: str, factor: float) -> None:
        """From an hour ago on, much more of it."""
        surge = Surge(metric, factor, self.cloud.clock() - HOUR)
        self.cloud.running.world.region(region).metrics.surges.append(surge)


@pytest.fixture
async def watch(cloud: Cloud) -> AsyncIterator[Watch]:
    backend = CloudWatch(AwsClients(cloud.running.url, cloud.clock.sleep), cloud.clock)
    yield Watch(cloud, backend)
    await backend.close()


async def test_every_metric_of_the_catalog_has_data(watch: Watch):
    for part in OBSERVED:
        for name in watch.backend.offers(part, "metrics")[1:]:
            found = await watch.backend.answer(part, watch.ask(name), watch.cloud.clock())
            assert found.chart is not None, (part.id, name)
            assert len(found.chart.lines[0].points) >= 12, (part.id, name)


async def test_a_named_metric_is_a_chart_with_the_runbooks_threshold(watch: Watch):
    found = await watch.finds("miyabi-dev", watch.ask("cpu"))
    chart = found.chart
    assert chart is not None
    assert (chart.title, chart.unit) == ("CPU", "percent")
    assert [(one.value, one.says, one.is_least) for one in chart.thresholds] == [(70, "at most 70%", False)]
    times = [at for at, _ in chart.lines[0].points]
    assert times == sorted(times)
    assert len(times) == 60
    assert chart.start <= times[0] < times[-1] < chart.end
    assert found.verdict is Verdict.OK
    assert found.headline.startswith("CPU ")
    assert "miyabi-infrastructure.md" in found.note


async def test_seconds_are_told_in_the_unit_of_the_catalog(watch: Watch):
    found = await watch.finds("miyabi-dev", watch.ask("latency"))
    assert found.chart is not None
    assert all(50 < value < 150 for _, value in found.chart.lines[0].points)


async def test_the_error_rate_is_errors_by_requests(watch: Watch):
    watch.surge("us-east-1", "HTTPCode_Target_5XX_Count", 100.0)
    found = await watch.finds("delivery-standard", watch.ask("error-rate"))
    assert found.chart is not None
    assert 5 < found.chart.lines[0].points[-1][1] < 20
    assert found.verdict is Verdict.DEGRADED
    assert "over 5%" in found.headline


async def test_a_counter_that_is_not_sent_is_zero_where_the_catalog_says_so(watch: Watch):
    world = watch.cloud.running.world.region("us-east-1")
    world.metrics.series[:] = [one for one in world.metrics.series if "5XX" not in one.metric]
    errors = await watch.finds("delivery-standard", watch.ask("errors"))
    rate = await watch.finds("delivery-standard", watch.ask("error-rate"))
    for found in (errors, rate):
        assert found.chart is not None
        assert {value for _, value in found.chart.lines[0].points} == {0.0}


async def test_without_a_name_all_metrics_are_told_as_they_are_now(watch: Watch):
    found = await watch.finds("delivery-standard", watch.ask())
    table = found.tables[0]
    assert [row[0] for row in table.rows] == [
        "cpu",
        "memory",
        "tasks",
        "latency",
        "errors",
        "error-rate",
        "requests",
        "connections",
    ]
    assert table.rows[2][1] == "4"
    assert table.rows[5][4] == "at most 5%"
    assert found.verdict is Verdict.OK
    data = [call for call in watch.cloud.running.calls if call.action == "GetMetricData"]
    assert len(data) == 1


async def test_the_table_says_first_what_is_beyond_its_limit(watch: Watch):
    watch.surge("us-west-2", "CPUUtilization", 2.2)
    found = await watch.finds("miyabi-dev", watch.ask())
    assert found.headline == "1 of 7 metrics beyond their limits: CPU over 70%"
    assert found.tables[0].rows[0][-1] == "degraded"


async def test_a_metric_without_data_says_so(watch: Watch):
    world = watch.cloud.running.world.region("us-west-2")
    world.metrics.series.clear()
    found = await watch.finds("miyabi-dev", watch.ask("cpu"))
    assert found.headline.startswith("CPU: no data")
    assert found.chart is None
    table = (await watch.finds("miyabi-dev", watch.ask())).tables[0]
    assert table.rows[0][:2] == ("cpu", "no data")


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        (timedelta(days=15), timedelta(), "At most 14d"),
        (HOUR, -HOUR, "has not come yet"),
        (HOUR, HOUR, "would begin at"),
    ],
)
async def test_a_window_that_makes_no_sense_is_refused(
    watch: Watch, since: timedelta, until: timedelta, says: str
):
    with pytest.raises(Refused, match=says) as refused:
        await watch.finds("miyabi-dev", watch.ask("cpu", since, until))
    assert refused.value.instead
    assert watch.cloud.running.calls == []


@given(st.integers(1, 14 * 1440), st.integers(0, 500 * 1440))
def test_no_window_has_more_points_than_a_chart_can_show(minutes: int, ago: int):
    now = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    until = now - timedelta(minutes=ago)
    span = span_of(until - timedelta(minutes=minutes), until, now)
    assert len(span.times) <= MOST_POINTS + 1
    assert span.period % 60 == 0
    assert span.end <= until
    age = now - span.start
    assert span.period >= (3600 if age > timedelta(days=64) else 300 if age > timedelta(days=16) else 60)


async def test_two_weeks_of_a_metric_arrive_whole(watch: Watch):
    found = await watch.finds("miyabi-dev", watch.ask("cpu", since=timedelta(days=14)))
    assert found.chart is not None
    assert 150 < len(found.chart.lines[0].points) <= MOST_POINTS


async def test_all_is_well_while_nothing_is_beyond_its_limit(watch: Watch):
    for part in OBSERVED:
        health = await watch.backend.health(part)
        assert {one.verdict for one in health.signs} <= {Verdict.OK}, (part.id, health.reason)
        target = part.target.model_dump()
        limited = [one for one in target["metrics"] if one["over"] or one["under"]]
        assert bool(health.signs) == bool(limited or target["alarms"])


async def test_an_alarm_that_is_on_is_a_sign_with_since_when_and_why(watch: Watch):
    watch.surge("us-west-2", "CPUUtilization", 2.2)
    await watch.signs("miyabi-dev")
    watch.cloud.clock.pass_s(25 * 60)
    health, signs = await watch.signs("miyabi-dev")
    alarm = signs["alarm miyabi-service-cpu-high-dev"]
    assert health.verdict is Verdict.DEGRADED
    assert "is on since 11:05 UTC (1 h 20 min)" in alarm.why
    assert alarm.why.endswith(": CPUUtilization 78.1, over 70")
    assert signs["alarms"].value == "1 of 3 on"


async def test_a_metric_beyond_its_limit_is_a_sign_with_its_value(watch: Watch):
    watch.surge("us-east-1", "TargetResponseTime", 12.0)
    health, signs = await watch.signs("delivery-standard")
    latency = signs["Response time, P95"]
    assert health.verdict is Verdict.DEGRADED
    assert "over 1 s" in latency.why.replace("1,000 ms", "1 s")
    assert latency.number is not None
    assert latency.number > 1000


async def test_no_traffic_at_all_is_trouble(watch: Watch):
    world = watch.cloud.running.world.region("us-east-1")
    world.metrics.series[:] = [one for one in world.metrics.series if one.metric != "RequestCount"]
    _, signs = await watch.signs("delivery-standard")
    assert signs["Requests"].verdict is Verdict.DEGRADED
    assert "no traffic at all" in signs["Requests"].why
    assert signs["Error rate"].value == "no data of the last minutes"


async def test_half_of_all_calls_failing_is_down(watch: Watch):
    watch.surge("ap-northeast-1", "Errors", 1000.0)
    health, _ = await watch.signs("miyabi-api")
    assert health.verdict is Verdict.DOWN
    assert "SEV2" in health.reason


@pytest.mark.parametrize(
    ("alarm", "says"),
    [
        ({"MetricName": "M", "ComparisonOperator": "LessThanThreshold", "Threshold": 2.0}, "M 1, under 2"),
        (
            {"MetricName": "M", "ComparisonOperator": "LessThanLowerThreshold"},
            "Threshold Crossed: 1 datapoint",
        ),
        ({"StateReason": "one of its alarms is on"}, "one of its alarms is on"),
        ({"StateReason": ""}, "UTC (0 min)"),
    ],
)
def test_why_an_alarm_is_on_is_told_shortly_where_it_can_be(alarm: dict[str, object], says: str):
    at = datetime(2026, 3, 4, tzinfo=UTC)
    reason = "Threshold Crossed: 1 datapoint [1.0 (04/03/26 11:55:00)] was less than the threshold (2.0)."
    base = {"AlarmName": "a", "StateValue": "ALARM", "StateReason": reason, "StateUpdatedTimestamp": at}
    assert says in alarm_signs("a", [{**base, **alarm}], at)[0].why


@pytest.mark.parametrize(
    ("ago", "says"),
    [
        (timedelta(), "since 12:00 UTC (0 min)"),
        (timedelta(hours=23), "since 13:00 UTC (23 h 0 min)"),
        (timedelta(days=3), "since 2026-03-01 12:00 UTC (3 d)"),
    ],
)
def test_since_when_an_alarm_is_on_is_told_with_its_day_where_that_is_another(ago: timedelta, says: str):
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)
    alarm = {"AlarmName": "a", "StateValue": "ALARM", "StateTransitionedTimestamp": now - ago}
    assert says in alarm_signs("a", [alarm], now)[0].why


async def test_an_alarm_without_enough_data_is_told_and_no_trouble(watch: Watch):
    region = watch.cloud.running.world.region("us-west-2")
    blind = {**region.alarms[0], "AlarmName": "miyabi-service-new", "MetricName": "Nothing"}
    region.alarms.append({**blind, "StateValue": "INSUFFICIENT_DATA"})
    health, signs = await watch.signs("miyabi-dev")
    assert signs["alarms"].value == "0 of 4 on, 1 without enough data"
    assert health.verdict is Verdict.OK


async def test_a_prefix_without_alarms_is_told(watch: Watch):
    watch.cloud.running.world.region("us-west-2").alarms.clear()
    _, signs = await watch.signs("miyabi-dev")
    assert signs["alarms"].verdict is Verdict.UNKNOWN
    assert "begins with miyabi-service-" in signs["alarms"].why


async def test_more_alarms_than_one_page_are_all_read(watch: Watch):
    region = watch.cloud.running.world.region("us-west-2")
    region.alarms += [{**region.alarms[0], "AlarmName": f"miyabi-service-{n}"} for n in range(120)]
    _, signs = await watch.signs("miyabi-dev")
    assert signs["alarms"].value == "0 of 123 on"


async def test_a_refusal_of_aws_is_an_error_in_words(watch: Watch):
    watch.cloud.running.config.denied.add("cloudwatch:GetMetricData")
    with pytest.raises(BackendError) as error:
        await watch.finds("miyabi-dev", watch.ask("cpu"))
    assert error.value.fault is Fault.DENIED
    assert "manifest iam" in error.value.next


async def test_every_call_is_granted_and_no_more(watch: Watch):
    for part in OBSERVED:
        await watch.backend.health(part)
        await watch.backend.answer(part, watch.ask(), watch.cloud.clock())
    granted = {action for part in OBSERVED for one in watch.backend.grants(part) for action in one.actions}
    assert {f"cloudwatch:{call.action}" for call in watch.cloud.running.calls} == granted


def test_names_in_arithmetic_become_ids_without_touching_others():
    stat = {"namespace": "A", "metric": "B"}
    metric = Metric.model_validate(
        {
            "name": "rate",
            "title": "Rate",
            "unit": "percent",
            "math": "100 * FILL(err, 0) / errors",
            "of": {"err": stat, "errors": stat},
            "source": "a test",
        }
    )
    asked = queries([metric, metric], 60)
    assert [one["Id"] for one in asked] == ["m0_err", "m0_errors", "m0", "m1_err", "m1_errors", "m1"]
    assert asked[2]["Expression"] == "100 * FILL(m0_err, 0) / m0_errors"
    assert [one["ReturnData"] for one in asked[:3]] == [False, False, True]


@pytest.mark.parametrize("more", [{}, {"math": "a"}, {"metric": "M", "math": "a", "of": {}}])
def test_a_metric_is_either_its_own_or_arithmetic(more: dict[str, object]):
    with pytest.raises(ValidationError, match="needs either"):
        Metric.model_validate({"name": "a", "title": "A", "unit": "count", "source": "a test", **more})


@pytest.mark.parametrize(
    ("value", "unit", "says"),
    [
        (38.25, "percent", "38.2%"),
        (1234.5, "ms", "1,234 ms"),
        (0.0123, "s", "0.0123 s"),
        (14 * 1024**3, "bytes", "14 GiB"),
        (5 * 1024**5, "bytes", "5,120 TiB"),
        (0, "count", "0"),
        (3.5, "per s", "3.5/s"),
    ],
)
def test_figures_are_as_short_as_they_can_be(value: float, unit: str, says: str):
    assert amount(value, unit) == says
    assert figure(99.95) == "100.0"
