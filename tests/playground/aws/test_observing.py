"""Targets, metrics and alarms follow what runs, in every protocol a client may speak."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from playground.aws import protocols as wire
from playground.aws import xml
from playground.aws.expression import evaluate
from playground.aws.refusal import AwsError
from playground.aws.series import Surge
from tests.playground.aws.conftest import Cloud, off_loop

CPU = {
    "Namespace": "AWS/ECS",
    "MetricName": "CPUUtilization",
    "Dimensions": [
        {"Name": "ServiceName", "Value": "miyabi-service-dev"},
        {"Name": "ClusterName", "Value": "miyabi-cluster-dev"},
    ],
}


def query(name: str, metric: dict[str, Any], statistic: str = "Average") -> dict[str, Any]:
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": 300, "Stat": statistic}}


async def test_a_new_task_becomes_a_healthy_target_and_a_stopped_one_drains(cloud: Cloud) -> None:
    ecs, balancing = cloud.client("ecs", "us-west-2"), cloud.client("elbv2", "us-west-2")
    place = {"cluster": "miyabi-cluster-dev", "service": "miyabi-service-dev"}

    def states(group: str) -> list[str]:
        found = balancing.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return [each["TargetHealth"]["State"] for each in found]

    def work() -> None:
        group = balancing.describe_target_groups(Names=["miyabi-tg-dev"])["TargetGroups"][0]
        arn = group["TargetGroupArn"]
        assert states(arn) == ["healthy", "healthy"]
        ecs.update_service(**place, desiredCount=3)
        cloud.clock.pass_s(2)
        assert states(arn) == ["healthy", "healthy", "initial"]
        cloud.clock.pass_s(2)
        assert states(arn) == ["healthy"] * 3
        ecs.update_service(**place, desiredCount=2)
        cloud.clock.pass_s(2)
        assert sorted(states(arn)) == ["draining", "healthy", "healthy"]
        listeners = balancing.describe_listeners(LoadBalancerArn=group["LoadBalancerArns"][0])
        assert listeners["Listeners"][0]["DefaultActions"][0]["TargetGroupArn"] == arn

    await off_loop(work)


async def test_an_unknown_target_group_is_refused(cloud: Cloud) -> None:
    balancing = cloud.client("elbv2", "us-west-2")

    def work() -> None:
        with pytest.raises(ClientError) as refused:
            balancing.describe_target_groups(Names=["nope"])
        assert refused.value.response["Error"]["Code"] == "TargetGroupNotFound"

    await off_loop(work)


@pytest.fixture(params=["json", "smithy-rpc-v2-cbor", "query"])
def cloudwatch(request: pytest.FixtureRequest, cloud: Cloud) -> Iterator[Any]:
    session = botocore.session.get_session()
    loader = session.get_component("data_loader")
    description = dict(loader.load_service_model("cloudwatch", "service-2"))
    protocol = request.param
    description["metadata"] = {**description["metadata"], "protocol": protocol, "protocols": [protocol]}

    class Fixed:
        def __getattr__(self, name: str) -> Any:
            return getattr(loader, name)

        def load_service_model(self, service: str, kind: str, api_version: str | None = None) -> Any:
            if (service, kind) == ("cloudwatch", "service-2"):
                return description
            return loader.load_service_model(service, kind, api_version)

    session.register_component("data_loader", Fixed())
    client = session.create_client(
        "cloudwatch",
        endpoint_url=cloud.running.url,
        region_name="us-west-2",
        aws_access_key_id="AKIATEST",
        aws_secret_access_key="secret",
    )
    assert client.meta.service_model.resolved_protocol == protocol
    yield client
    client.close()


async def test_metric_data_and_math_arrive_in_every_protocol(cloud: Cloud, cloudwatch: Any) -> None:
    end = cloud.clock()

    def work() -> None:
        queries = [query("m", CPU), {"Id": "half", "Expression": "m / 2", "Label": "half"}]
        span = {"StartTime": end - timedelta(hours=1), "EndTime": end}
        found = cloudwatch.get_metric_data(MetricDataQueries=queries, **span)["MetricDataResults"]
        assert [each["Label"] for each in found] == ["CPUUtilization", "half"]
        assert len(found[0]["Values"]) == 12
        assert found[0]["Timestamps"] == sorted(found[0]["Timestamps"], reverse=True)
        assert found[1]["Values"][0] == pytest.approx(found[0]["Values"][0] / 2)
        assert all(0 < value < 100 for value in found[0]["Values"])

    await off_loop(work)


async def test_alarms_arrive_in_every_protocol(cloud: Cloud, cloudwatch: Any) -> None:
    def work() -> None:
        found = cloudwatch.describe_alarms(AlarmNamePrefix="miyabi-service-")["MetricAlarms"]
        assert {alarm["AlarmName"]: alarm["StateValue"] for alarm in found} == {
            "miyabi-service-cpu-high-dev": "OK",
            "miyabi-service-memory-high-dev": "OK",
            "miyabi-service-low-tasks-dev": "OK",
        }
        with pytest.raises(ClientError) as refused:
            cloudwatch.describe_alarms(NextToken="not-one")
        assert refused.value.response["Error"]["Code"] == "InvalidNextToken"

    await off_loop(work)


async def test_metrics_with_a_missing_dimension_are_empty(cloud: Cloud) -> None:
    watch = cloud.client("cloudwatch", "us-west-2")
    end = cloud.clock()

    def work() -> None:
        span = {"StartTime": end - timedelta(hours=1), "EndTime": end, "Period": 300}
        fewer = {**CPU, "Dimensions": CPU["Dimensions"][:1]}
        assert watch.get_metric_statistics(**fewer, **span, Statistics=["Average"])["Datapoints"] == []
        full = watch.get_metric_statistics(**CPU, **span, Statistics=["Average", "Maximum"])["Datapoints"]
        assert len(full) == 12
        assert all(point["Maximum"] >= point["Average"] for point in full)

    await off_loop(work)


async def test_an_alarm_follows_its_metric(cloud: Cloud) -> None:
    watch = cloud.client("cloudwatch", "us-east-1")
    region = cloud.running.world.region("us-east-1")
    region.metrics.surges.append(Surge("HTTPCode_Target_5XX_Count", 100.0, cloud.clock()))
    cloud.clock.pass_s(600)

    def work() -> None:
        found = watch.describe_alarms(AlarmNamePrefix="delivery-standard", StateValue="ALARM")
        assert [alarm["AlarmName"] for alarm in found["MetricAlarms"]] == [
            "delivery-standard-prod-high-error-rate"
        ]
        assert found["MetricAlarms"][0]["StateUpdatedTimestamp"] == cloud.clock()

    await off_loop(work)


async def test_trouble_that_is_switched_on_is_in_metrics_alarms_and_logs_until_it_is_off(
    cloud: Cloud,
) -> None:
    watch, logs = cloud.client("cloudwatch", "us-east-1"), cloud.client("logs", "us-east-1")

    def alarms() -> list[str]:
        found = watch.describe_alarms(AlarmNamePrefix="delivery-standard", StateValue="ALARM")
        return [alarm["AlarmName"] for alarm in found["MetricAlarms"]]

    def refused() -> int:
        start = int((cloud.clock() - timedelta(minutes=10)).timestamp() * 1000)
        asked = {"logGroupName": "/ecs/delivery-standard-prod", "filterPattern": '"connection refused"'}
        return len(logs.filter_log_events(**asked, startTime=start)["events"])

    def work() -> None:
        assert (alarms(), refused()) == ([], 0)
        cloud.faults.switch("errors-rise", True)
        cloud.clock.pass_s(600)
        assert "delivery-standard-prod-high-error-rate" in alarms()
        assert refused() > 10
        cloud.faults.switch("errors-rise", False)
        cloud.clock.pass_s(1200)
        assert (alarms(), refused()) == ([], 0)

    await off_loop(work)


async def test_too_few_tasks_raise_the_alarm_of_the_runbook(cloud: Cloud) -> None:
    ecs, watch = cloud.client("ecs", "us-west-2"), cloud.client("cloudwatch", "us-west-2")

    def work() -> None:
        ecs.update_service(cluster="miyabi-cluster-dev", service="miyabi-service-dev", desiredCount=0)
        cloud.clock.pass_s(10)
        found = watch.describe_alarms(AlarmNames=["miyabi-service-low-tasks-dev"])["MetricAlarms"]
        assert found[0]["StateValue"] == "ALARM"

    await off_loop(work)


async def test_the_command_line_reads_metrics_as_the_runbook_does(cloud: Cloud) -> None:
    end = cloud.clock()
    start = end - timedelta(minutes=30)
    words = ("--namespace", "AWS/Lambda", "--metric-name", "Invocations", "--period", "300")
    dimension = ("--dimensions", "Name=FunctionName,Value=miyabi-api-production", "--statistics", "Sum")
    span = ("--start-time", start.isoformat(), "--end-time", end.isoformat(), "--output", "json")
    call = ("cloudwatch", "get-metric-statistics", *words, *dimension, *span)
    code, out, err = await cloud.cli(*call, region="ap-northeast-1")
    assert code == 0, err
    assert len(json.loads(out)["Datapoints"]) == 6


@given(st.dictionaries(st.integers(0, 5).map(float), st.floats(-1e6, 1e6), max_size=5), st.integers(1, 99))
def test_math_over_a_metric_is_math_over_its_values(values: dict[float, float], by: int) -> None:
    found = evaluate(f"({by} * m) / 2 - m", {"m": values})
    assert found == {time: (by * value) / 2 - value for time, value in values.items()}


def test_division_by_zero_leaves_a_gap() -> None:
    assert evaluate("a / b", {"a": {1.0: 4.0, 2.0: 4.0}, "b": {1.0: 0.0, 2.0: 2.0}}) == {2.0: 2.0}


def test_a_sum_is_made_a_rate_by_its_period():
    assert evaluate("a / PERIOD(a)", {"a": {0.0: 120.0, 60.0: 30.0}}, {"a": 60}) == {0.0: 2.0, 60.0: 0.5}


@given(st.text(max_size=30))
def test_any_other_expression_is_refused_as_aws_refuses_it(text: str) -> None:
    try:
        evaluate(text, {"m": {0.0: 1.0}})
    except AwsError as error:
        assert error.code == "ValidationError"


@given(st.lists(st.text("abc-", min_size=1, max_size=9), min_size=1, max_size=5))
def test_a_list_in_a_query_form_is_read_whole(names: list[str]) -> None:
    shape = wire.service_model("elasticloadbalancing").operation_model("DescribeTargetGroups").input_shape
    form = {f"Names.member.{n}": name for n, name in enumerate(names, 1)}
    assert xml.query_params(shape, form) == {"Names": names}
