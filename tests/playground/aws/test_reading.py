"""What can be listed and described besides, as far as the runbooks' tools read it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.playground.aws.conftest import Cloud, off_loop

DELIVERY = {"cluster": "ioanyt-prod", "service": "delivery-standard"}


async def test_clusters_and_services_are_listed(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        found = ecs.describe_clusters(clusters=["ioanyt-prod", "nope"])
        assert [(each["clusterName"], each["runningTasksCount"]) for each in found["clusters"]] == [
            ("ioanyt-prod", 4)
        ]
        assert found["failures"][0]["reason"] == "MISSING"
        arns = ecs.list_services(cluster="ioanyt-prod")["serviceArns"]
        assert arns == ["arn:aws:ecs:us-east-1:112530848482:service/ioanyt-prod/delivery-standard"]

    await off_loop(work)


async def test_a_failed_service_deployment_shows_its_breaker_and_its_rollback(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        cloud.faults.switch("deploy-fails", True)
        ecs.update_service(**DELIVERY, taskDefinition="delivery-standard:41")
        cloud.clock.pass_s(6)
        brief = ecs.list_service_deployments(**DELIVERY, status=["ROLLBACK_IN_PROGRESS"])
        arn = brief["serviceDeployments"][0]["serviceDeploymentArn"]
        found = ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"][0]
        breaker = found["deploymentCircuitBreaker"]
        assert (breaker["status"], breaker["failureCount"], breaker["threshold"]) == ("TRIGGERED", 3, 3)
        assert found["rollback"]["serviceRevisionArn"] == found["sourceServiceRevisions"][0]["arn"]

    await off_loop(work)


async def test_a_deployment_that_is_overtaken_is_stopped(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        ecs.update_service(**DELIVERY, taskDefinition="delivery-standard:41")
        ecs.update_service(**DELIVERY, taskDefinition="delivery-standard:39")
        records = ecs.list_service_deployments(**DELIVERY)["serviceDeployments"]
        assert [record["status"] for record in records[:3]] == ["IN_PROGRESS", "STOPPED", "SUCCESSFUL"]
        cloud.clock.pass_s(60)
        found = ecs.describe_services(cluster="ioanyt-prod", services=["delivery-standard"])["services"][0]
        assert (found["runningCount"], len(found["deployments"])) == (4, 1)
        assert found["taskDefinition"].endswith(":39")

    await off_loop(work)


async def test_lambda_lists_functions_and_aliases(cloud: Cloud) -> None:
    aws = cloud.client("lambda", "ap-northeast-1")

    def work() -> None:
        names = [each["FunctionName"] for each in aws.list_functions()["Functions"]]
        assert names == ["miyabi-api-production", "miyabi-api-staging"]
        aliases = aws.list_aliases(FunctionName="miyabi-api-staging")["Aliases"]
        assert [(each["Name"], each["FunctionVersion"]) for each in aliases] == [("staging", "16")]
        limits = aws.get_account_settings()["AccountLimit"]
        assert limits["UnreservedConcurrentExecutions"] == 1000

    await off_loop(work)


async def test_new_code_can_be_published_in_one_call(cloud: Cloud) -> None:
    aws = cloud.client("lambda", "ap-northeast-1")
    name = "miyabi-api-staging"

    def work() -> None:
        made = aws.update_function_code(FunctionName=name, ZipFile=b"PK", Publish=True)
        assert made["Version"] == "17"
        aws.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0})

    await off_loop(work)


async def test_load_balancers_are_found_by_name(cloud: Cloud) -> None:
    balancing = cloud.client("elbv2", "us-west-2")

    def work() -> None:
        found = balancing.describe_load_balancers(Names=["miyabi-alb-dev"])["LoadBalancers"][0]
        assert found["DNSName"].startswith("miyabi-alb-dev-")
        groups = balancing.describe_target_groups(LoadBalancerArn=found["LoadBalancerArn"])
        assert [each["TargetGroupName"] for each in groups["TargetGroups"]] == ["miyabi-tg-dev"]

    await off_loop(work)


@pytest.mark.parametrize(
    ("service", "method", "params", "code"),
    [
        ("ecs", "list_task_definitions", {"nextToken": "x"}, "InvalidParameterException"),
        ("ecs", "list_task_definitions", {"maxResults": 101}, "InvalidParameterException"),
        ("ecs", "describe_task_definition", {"taskDefinition": "nope"}, "ClientException"),
        ("ecs", "list_tags_for_resource", {"resourceArn": "nope"}, "InvalidParameterException"),
        ("lambda", "get_alias", {"FunctionName": "nope", "Name": "x"}, "ResourceNotFoundException"),
        ("elbv2", "describe_load_balancers", {"Names": ["nope"]}, "LoadBalancerNotFound"),
        ("elbv2", "describe_target_health", {"TargetGroupArn": "nope"}, "TargetGroupNotFound"),
        ("elbv2", "describe_listeners", {}, "ValidationError"),
    ],
)
async def test_a_read_of_what_is_not_there_is_refused_with_the_code_of_aws(
    cloud: Cloud, service: str, method: str, params: dict[str, Any], code: str
) -> None:
    client = cloud.client(service)

    def work() -> None:
        with pytest.raises(ClientError) as refused:
            getattr(client, method)(**params)
        assert refused.value.response["Error"]["Code"] == code

    await off_loop(work)
