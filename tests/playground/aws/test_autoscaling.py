"""The autoscaler of a service has bounds, and pulls a count that leaves them back."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.playground.aws.conftest import Cloud, off_loop

RESOURCE = "service/miyabi-cluster-dev/miyabi-service-dev"
TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": RESOURCE,
    "ScalableDimension": "ecs:service:DesiredCount",
}
PLACE = {"cluster": "miyabi-cluster-dev", "service": "miyabi-service-dev"}


def desired(ecs: Any) -> int:
    names = {"cluster": PLACE["cluster"], "services": [PLACE["service"]]}
    return ecs.describe_services(**names)["services"][0]["desiredCount"]


async def test_the_bounds_and_the_three_policies_of_the_runbook_are_there(cloud: Cloud) -> None:
    scaling = cloud.client("application-autoscaling", "us-west-2")

    def work() -> None:
        found = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[RESOURCE])
        assert [(each["MinCapacity"], each["MaxCapacity"]) for each in found["ScalableTargets"]] == [(2, 4)]
        policies = scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=RESOURCE)
        targets = {
            policy["PolicyName"]: policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
            for policy in policies["ScalingPolicies"]
        }
        assert targets == {
            "miyabi-cpu-autoscaling-dev": 70.0,
            "miyabi-memory-autoscaling-dev": 80.0,
            "miyabi-requests-autoscaling-dev": 1000.0,
        }

    await off_loop(work)


async def test_a_count_above_the_maximum_is_pulled_back_after_a_while(cloud: Cloud) -> None:
    ecs = cloud.client("ecs", "us-west-2")
    scaling = cloud.client("application-autoscaling", "us-west-2")

    def work() -> None:
        ecs.update_service(**PLACE, desiredCount=6)
        cloud.clock.pass_s(6)
        assert desired(ecs) == 6
        cloud.clock.pass_s(4)
        assert desired(ecs) == 4
        activity = scaling.describe_scaling_activities(ServiceNamespace="ecs", ResourceId=RESOURCE)
        assert activity["ScalingActivities"][0]["Description"] == "Setting desired count to 4."

    await off_loop(work)


async def test_a_count_within_bounds_stays(cloud: Cloud) -> None:
    ecs = cloud.client("ecs", "us-west-2")

    def work() -> None:
        ecs.update_service(**PLACE, desiredCount=3)
        cloud.clock.pass_s(60)
        assert desired(ecs) == 3

    await off_loop(work)


async def test_one_bound_can_be_moved_alone_and_then_holds(cloud: Cloud) -> None:
    ecs = cloud.client("ecs", "us-west-2")
    scaling = cloud.client("application-autoscaling", "us-west-2")

    def work() -> None:
        scaling.register_scalable_target(**TARGET, MaxCapacity=10)
        ecs.update_service(**PLACE, desiredCount=8)
        cloud.clock.pass_s(60)
        assert desired(ecs) == 8
        found = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"][0]
        assert (found["MinCapacity"], found["MaxCapacity"]) == (2, 10)

    await off_loop(work)


async def test_a_raised_minimum_scales_the_service_out(cloud: Cloud) -> None:
    ecs = cloud.client("ecs", "us-west-2")
    scaling = cloud.client("application-autoscaling", "us-west-2")

    def work() -> None:
        scaling.register_scalable_target(**TARGET, MinCapacity=3)
        cloud.clock.pass_s(30)
        assert desired(ecs) == 3

    await off_loop(work)


@pytest.mark.parametrize(
    "change", [{"MinCapacity": 9}, {"MaxCapacity": 1}, {"MinCapacity": -1}, {"ResourceId": "service/a/b"}]
)
async def test_impossible_bounds_are_refused(cloud: Cloud, change: dict[str, Any]) -> None:
    scaling = cloud.client("application-autoscaling", "us-west-2")

    def work() -> None:
        with pytest.raises(ClientError) as refused:
            scaling.register_scalable_target(**{**TARGET, **change})
        assert refused.value.response["Error"]["Code"] == "ValidationException"

    await off_loop(work)
