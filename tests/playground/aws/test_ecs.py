"""An ECS service moves as AWS moves it, seen through boto3 and the stock command line."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from playground.aws.rollout import OUT_OF_MEMORY
from tests.playground.aws.conftest import Cloud, off_loop

DELIVERY = {"cluster": "ioanyt-prod", "service": "delivery-standard"}


def service(cloud: Cloud, ecs: Any) -> dict[str, Any]:
    return ecs.describe_services(cluster="ioanyt-prod", services=["delivery-standard"])["services"][0]


def counts(cloud: Cloud, ecs: Any) -> list[tuple[Any, ...]]:
    keys = ("status", "runningCount", "pendingCount", "failedTasks", "rolloutState")
    return [tuple(each[key] for key in keys) for each in service(cloud, ecs)["deployments"]]


async def test_a_service_at_rest_has_one_completed_deployment_and_its_tasks(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        found = service(cloud, ecs)
        assert (found["runningCount"], found["desiredCount"], found["pendingCount"]) == (4, 4, 0)
        assert [each["rolloutState"] for each in found["deployments"]] == ["COMPLETED"]
        assert found["events"][0]["message"] == "(service delivery-standard) has reached a steady state."
        arns = ecs.list_tasks(cluster="ioanyt-prod", serviceName="delivery-standard")["taskArns"]
        tasks = ecs.describe_tasks(cluster="ioanyt-prod", tasks=arns)["tasks"]
        assert {task["lastStatus"] for task in tasks} == {"RUNNING"}
        assert {task["taskDefinitionArn"] for task in tasks} == {found["taskDefinition"]}

    await off_loop(work)


async def test_tasks_start_one_by_one_when_scaled_up(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        ecs.update_service(**DELIVERY, desiredCount=6)
        seen = [counts(cloud, ecs)[0][1:3]]
        for _ in range(3):
            cloud.clock.pass_s(2)
            seen.append(counts(cloud, ecs)[0][1:3])
        assert seen == [(4, 2), (5, 1), (6, 0), (6, 0)]
        assert "steady state" in service(cloud, ecs)["events"][0]["message"]

    await off_loop(work)


async def test_tasks_stop_one_by_one_when_scaled_to_nothing(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        ecs.update_service(**DELIVERY, desiredCount=0)
        seen: list[int] = []
        for _ in range(5):
            seen.append(service(cloud, ecs)["runningCount"])
            cloud.clock.pass_s(2)
        assert seen == [4, 3, 2, 1, 0]

    await off_loop(work)


async def test_what_is_seen_does_not_depend_on_how_often_one_looks(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        ecs.update_service(**DELIVERY, taskDefinition="delivery-standard:41")
        cloud.clock.pass_s(5)
        assert counts(cloud, ecs) == [
            ("PRIMARY", 2, 2, 0, "IN_PROGRESS"),
            ("ACTIVE", 2, 0, 0, "COMPLETED"),
        ]

    await off_loop(work)


async def test_a_deployment_replaces_tasks_without_going_below_the_healthy_minimum(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        ecs.update_service(**DELIVERY, taskDefinition="delivery-standard:41")
        for _ in range(6):
            assert service(cloud, ecs)["runningCount"] >= 4
            cloud.clock.pass_s(2)
        found = service(cloud, ecs)
        assert [(each["rolloutState"], each["runningCount"]) for each in found["deployments"]] == [
            ("COMPLETED", 4)
        ]
        assert found["taskDefinition"].endswith("delivery-standard:41")

    await off_loop(work)


async def test_services_stable_waits_for_a_deployment_that_takes_its_time(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        ecs.update_service(**DELIVERY, forceNewDeployment=True)
        cloud.clock.step += cloud.running.world.pace / 2
        waiter = ecs.get_waiter("services_stable")
        names = {"cluster": "ioanyt-prod", "services": ["delivery-standard"]}
        waiter.wait(**names, WaiterConfig={"Delay": 0.01, "MaxAttempts": 60})

    await off_loop(work)
    assert len(cloud.running.made("DescribeServices")) >= 6


async def test_a_failing_deployment_trips_the_circuit_breaker_and_rolls_back(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        cloud.faults.switch("deploy-fails", True)
        ecs.update_service(**DELIVERY, taskDefinition="delivery-standard:41")
        failed = service(cloud, ecs)["deployments"][0]["id"]
        cloud.clock.pass_s(4)
        assert counts(cloud, ecs)[0] == ("PRIMARY", 0, 4, 2, "IN_PROGRESS")
        cloud.clock.pass_s(2)
        back, broken = service(cloud, ecs)["deployments"]
        assert (broken["id"], broken["rolloutState"], broken["failedTasks"]) == (failed, "FAILED", 3)
        assert broken["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
        assert "rolling back to deploymentId" in back["rolloutStateReason"]
        cloud.clock.pass_s(20)
        assert counts(cloud, ecs) == [("PRIMARY", 4, 0, 0, "COMPLETED")]
        assert service(cloud, ecs)["taskDefinition"].endswith(":42")
        latest = ecs.list_service_deployments(**DELIVERY)["serviceDeployments"][0]
        assert latest["status"] == "ROLLBACK_SUCCESSFUL"

    await off_loop(work)


async def test_a_crashed_task_says_why_it_stopped(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        cloud.faults.switch("deploy-fails", True)
        ecs.update_service(**DELIVERY, forceNewDeployment=True)
        cloud.clock.pass_s(2)
        arns = ecs.list_tasks(cluster="ioanyt-prod", desiredStatus="STOPPED")["taskArns"]
        tasks = ecs.describe_tasks(cluster="ioanyt-prod", tasks=arns)["tasks"]
        crashed = next(task for task in tasks if task["stopCode"] == "EssentialContainerExited")
        assert crashed["stoppedReason"] == "Essential container in task exited"
        assert crashed["containers"][0]["exitCode"] == 1

    await off_loop(work)


async def test_a_task_killed_for_its_memory_says_so(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")
    cloud.running.world.region("us-east-1").rollout.crash = OUT_OF_MEMORY
    cloud.faults.switch("deploy-fails", True)

    def work() -> None:
        ecs.update_service(**DELIVERY, desiredCount=5)
        cloud.clock.pass_s(2)
        arns = ecs.list_tasks(cluster="ioanyt-prod", desiredStatus="STOPPED")["taskArns"]
        tasks = ecs.describe_tasks(cluster="ioanyt-prod", tasks=arns)["tasks"]
        (container,) = next(task for task in tasks if task["containers"][0].get("reason"))["containers"]
        assert (container["exitCode"], container["reason"].split(":")[0]) == (137, "OutOfMemoryError")

    await off_loop(work)


async def test_without_a_circuit_breaker_tasks_crash_until_the_fault_is_over(cloud: Cloud) -> None:
    ecs = cloud.client("ecs", "us-west-2")
    place = {"cluster": "miyabi-cluster-dev", "service": "miyabi-service-dev"}

    def deployments() -> list[Any]:
        names = {"cluster": place["cluster"], "services": [place["service"]]}
        return ecs.describe_services(**names)["services"][0]["deployments"]

    def work() -> None:
        cloud.faults.switch("deploy-fails", True)
        ecs.update_service(**place, forceNewDeployment=True)
        cloud.clock.pass_s(30)
        fresh, old = deployments()
        assert (fresh["rolloutState"], fresh["failedTasks"]) == ("IN_PROGRESS", 15)
        assert old["runningCount"] == 2
        cloud.faults.switch("deploy-fails", False)
        cloud.clock.pass_s(20)
        assert [(each["rolloutState"], each["runningCount"]) for each in deployments()] == [("COMPLETED", 2)]

    await off_loop(work)


async def test_what_a_service_deployed_is_known_and_leaves_out_what_it_never_did(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        records = ecs.list_service_deployments(**DELIVERY)["serviceDeployments"]
        arns = [record["targetServiceRevisionArn"] for record in records]
        revisions = ecs.describe_service_revisions(serviceRevisionArns=arns)["serviceRevisions"]
        ran = {each["serviceRevisionArn"]: each["taskDefinition"].rsplit(":", 1)[-1] for each in revisions}
        assert [ran[arn] for arn in arns] == ["42", "41", "39", "38"]
        image = revisions[0]["containerImages"][0]["image"]
        assert image.rpartition(":")[2].startswith("v1.2.")

    await off_loop(work)


async def test_task_definitions_are_listed_in_the_order_and_number_asked_for(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        ask = {"familyPrefix": "delivery-standard", "sort": "DESC", "maxResults": 2}
        first = ecs.list_task_definitions(**ask)
        second = ecs.list_task_definitions(**ask, nextToken=first["nextToken"])
        found = [*first["taskDefinitionArns"], *second["taskDefinitionArns"]]
        assert [arn.rsplit(":", 1)[-1] for arn in found] == ["42", "41", "40", "39"]

    await off_loop(work)


async def test_a_registered_definition_runs_only_once_it_is_deployed(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        old = ecs.describe_task_definition(taskDefinition="delivery-standard")["taskDefinition"]
        container = {**old["containerDefinitions"][0], "image": "repo/delivery-standard:v1.3.0"}
        made = ecs.register_task_definition(family="delivery-standard", containerDefinitions=[container])
        assert made["taskDefinition"]["revision"] == 43
        ecs.update_service(**DELIVERY, forceNewDeployment=True)
        assert service(cloud, ecs)["taskDefinition"].endswith(":42")

    await off_loop(work)


async def test_tags_are_kept_on_the_service(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        arn = service(cloud, ecs)["serviceArn"]
        ecs.tag_resource(resourceArn=arn, tags=[{"key": "muster", "value": "OP-1"}])
        tags = ecs.list_tags_for_resource(resourceArn=arn)["tags"]
        assert {"key": "muster", "value": "OP-1"} in tags

    await off_loop(work)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({**DELIVERY, "desiredCount": -1}, "InvalidParameterException"),
        ({**DELIVERY, "taskDefinition": "delivery-standard:99"}, "ClientException"),
        ({"cluster": "ioanyt-prod", "service": "nope", "desiredCount": 1}, "ServiceNotFoundException"),
        ({"cluster": "nope", "service": "delivery-standard"}, "ClusterNotFoundException"),
    ],
)
async def test_an_impossible_update_is_refused_with_the_code_of_aws(
    cloud: Cloud, change: dict[str, Any], code: str
) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        with pytest.raises(ClientError) as refused:
            ecs.update_service(**change)
        assert refused.value.response["Error"]["Code"] == code

    await off_loop(work)
    assert cloud.running.calls[-1].error == code


async def test_an_inactive_definition_is_not_deployed(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        ecs.deregister_task_definition(taskDefinition="delivery-standard:41")
        with pytest.raises(ClientError, match="inactive"):
            ecs.update_service(**DELIVERY, taskDefinition="delivery-standard:41")

    await off_loop(work)


async def test_missing_services_are_failures_and_more_than_ten_are_refused(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        answer = ecs.describe_services(cluster="ioanyt-prod", services=["delivery-standard", "nope"])
        assert [each["reason"] for each in answer["failures"]] == ["MISSING"]
        with pytest.raises(ClientError, match="more than 10"):
            ecs.describe_services(cluster="ioanyt-prod", services=[f"s{n}" for n in range(11)])

    await off_loop(work)


async def test_a_stopped_task_is_replaced(cloud: Cloud) -> None:
    ecs = cloud.client("ecs")

    def work() -> None:
        arn = ecs.list_tasks(cluster="ioanyt-prod")["taskArns"][0]
        ecs.stop_task(cluster="ioanyt-prod", task=arn, reason="by hand")
        assert counts(cloud, ecs)[0][1:3] == (3, 1)
        cloud.clock.pass_s(2)
        assert counts(cloud, ecs)[0][1:3] == (4, 0)

    await off_loop(work)


async def test_the_command_line_scales_and_sees_tasks_start(cloud: Cloud) -> None:
    place = ("--cluster", "ioanyt-prod")
    name = "delivery-standard"
    code, _, err = await cloud.cli("ecs", "update-service", *place, "--service", name, "--desired-count", "5")
    assert code == 0, err
    query = "services[0].[runningCount,pendingCount,desiredCount]"
    words = ("ecs", "describe-services", *place, "--services", name, "--query", query, "--output", "json")
    assert json.loads((await cloud.cli(*words))[1]) == [4, 1, 5]
    cloud.clock.pass_s(2)
    assert json.loads((await cloud.cli(*words))[1]) == [5, 0, 5]
    assert cloud.running.made("UpdateService")[0].principal == "AKIACLI"


async def test_the_command_line_lists_previous_definitions_as_the_runbook_does(cloud: Cloud) -> None:
    words = ("--family-prefix", "delivery-standard", "--sort", "DESC", "--max-items", "2")
    code, out, err = await cloud.cli("ecs", "list-task-definitions", *words, "--output", "json")
    assert code == 0, err
    arns = json.loads(out)["taskDefinitionArns"]
    assert [arn.rsplit(":", 1)[-1] for arn in arns] == ["42", "41"]
