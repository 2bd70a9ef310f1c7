"""The endpoint itself: identity, faults, refusals, and moto for the rest."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import boto3
import httpx
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from playground.aws import AwsConfig, serve
from playground.faults import FaultBoard
from tests.playground.aws.conftest import Clock, Cloud, off_loop
from tests.waiting import HANGS_S

READS: dict[str, tuple[str, dict[str, Any]]] = {
    "ecs": ("list_clusters", {}),
    "lambda": ("list_functions", {}),
    "application-autoscaling": ("describe_scalable_targets", {"ServiceNamespace": "ecs"}),
    "elbv2": ("describe_target_groups", {}),
    "cloudwatch": ("describe_alarms", {}),
    "sts": ("get_caller_identity", {}),
    "sqs": ("list_queues", {}),
}


async def test_throttling_refuses_two_of_three_calls_and_says_so(cloud: Cloud) -> None:
    cloud.faults.switch("cloud-throttles", True)

    def work(service: str) -> list[str]:
        method, params = READS[service]
        call = getattr(cloud.client(service), method)
        codes: list[str] = []
        for _ in range(3):
            try:
                call(**params)
                codes.append("")
            except ClientError as error:
                codes.append(error.response["Error"]["Code"])
        return codes

    for service in READS:
        codes = await off_loop(lambda service=service: work(service))
        assert codes[2] == "", service
        assert set(codes[:2]) <= {"ThrottlingException", "Throttling", "TooManyRequestsException"}, codes
    assert [call.error != "" for call in cloud.running.calls[:3]] == [True, True, False]


async def test_a_client_that_retries_gets_through_the_throttling(cloud: Cloud) -> None:
    cloud.faults.switch("cloud-throttles", True)
    ecs = cloud.client("ecs", retries=3)
    found = await off_loop(lambda: ecs.list_clusters())
    assert len(found["clusterArns"]) == 1


async def test_a_denied_action_is_refused_in_the_words_of_iam_and_does_nothing(cloud: Cloud) -> None:
    cloud.running.config.denied.add("ecs:UpdateService")
    ecs = cloud.client("ecs", key="AKIAANA")

    def work() -> None:
        change = {"cluster": "ioanyt-prod", "service": "delivery-standard", "desiredCount": 9}
        with pytest.raises(ClientError, match=r"user/AKIAANA is not authorized") as refused:
            ecs.update_service(**change)
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
        found = ecs.describe_services(cluster="ioanyt-prod", services=["delivery-standard"])
        assert found["services"][0]["desiredCount"] == 4

    await off_loop(work)
    assert cloud.running.calls[0].principal == "AKIAANA"
    assert cloud.running.made("UpdateService") == []


async def test_an_unsigned_call_is_refused(cloud: Cloud) -> None:
    ecs = boto3.client(
        "ecs",
        endpoint_url=cloud.running.url,
        region_name="us-east-1",
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
    cloud.clients.append(ecs)

    def work() -> None:
        with pytest.raises(ClientError) as refused:
            ecs.list_clusters()
        assert refused.value.response["Error"]["Code"] == "MissingAuthenticationToken"

    await off_loop(work)
    assert cloud.running.calls == []


async def test_what_a_modelled_service_lacks_is_refused_rather_than_made_up(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        with pytest.raises(ClientError) as refused:
            ecs.create_cluster(clusterName="x")
        assert refused.value.response["Error"]["Code"] == "UnsupportedOperation"

    await off_loop(work)


async def test_other_services_are_answered_by_moto_in_the_same_account(cloud: Cloud) -> None:
    topics = cloud.client("sns")

    def work() -> None:
        topic = topics.create_topic(Name="alerts")
        assert ":112530848482:" in topic["TopicArn"]
        topics.delete_topic(TopicArn=topic["TopicArn"])

    await off_loop(work)
    assert cloud.running.calls[0].action == "CreateTopic"


async def test_the_account_is_that_of_the_runbooks(cloud: Cloud) -> None:
    sts = cloud.client("sts")
    assert (await off_loop(lambda: sts.get_caller_identity()))["Account"] == "112530848482"


async def test_a_body_that_cannot_be_read_is_refused(cloud: Cloud) -> None:
    scope = "Credential=AKIAX/20260304/us-east-1/ecs/aws4_request, SignedHeaders=host, Signature=0"
    headers = {
        "authorization": f"AWS4-HMAC-SHA256 {scope}",
        "x-amz-target": "AmazonEC2ContainerServiceV20141113.DescribeServices",
    }
    async with httpx.AsyncClient() as web:
        broken = await web.post(cloud.running.url, headers=headers, content=b"{")
        assert (broken.status_code, broken.json()["__type"]) == (400, "SerializationException")
        empty = await web.post(cloud.running.url, headers=headers, content=b'{"services": 7}')
        assert (empty.status_code, empty.json()["__type"]) == (400, "ValidationException")


@pytest.fixture
async def slow() -> AsyncIterator[Cloud]:
    clock, faults = Clock(), FaultBoard(on={"cloud-slow"})
    async with serve(AwsConfig(clock, pace_s=2.0, faults=faults, slow_s=30.0)) as running:
        yield Cloud(running, clock, faults)


async def test_a_slow_cloud_lets_a_caller_run_into_its_own_time_limit(slow: Cloud) -> None:
    async with httpx.AsyncClient(timeout=httpx.Timeout(HANGS_S, read=0.2)) as web:
        scope = "Credential=AKIAX/20260304/us-east-1/ecs/aws4_request"
        with pytest.raises(httpx.ReadTimeout):
            await web.post(slow.running.url, headers={"authorization": f"AWS4-HMAC-SHA256 {scope}"})
    assert slow.running.calls == []


async def test_two_worlds_seeded_alike_are_alike(cloud: Cloud) -> None:
    async with serve(AwsConfig(Clock(), pace_s=2.0, faults=FaultBoard())) as other:
        mine = cloud.running.world.region("us-east-1").services()[0]
        its = other.world.region("us-east-1").services()[0]
        assert [task.arn for task in mine.tasks] == [task.arn for task in its.tasks]
        assert mine.created_at - its.created_at == timedelta(0)
