"""Lambda checks what callers saw, and takes its time for what takes time."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.playground.aws.conftest import Cloud, off_loop

NAME = "miyabi-api-production"
ALIAS = {"FunctionName": NAME, "Name": "production"}
TOKYO = "ap-northeast-1"


def refusal(call: Any, **params: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as refused:
        call(**params)
    answer = refused.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


async def test_an_alias_moves_to_another_version(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)

    def work() -> None:
        before = aws.get_alias(**ALIAS)
        assert before["FunctionVersion"] == "14"
        after = aws.update_alias(**ALIAS, FunctionVersion="13", RevisionId=before["RevisionId"])
        assert after["FunctionVersion"] == "13"
        assert after["RevisionId"] != before["RevisionId"]
        assert aws.get_function(FunctionName=NAME, Qualifier="production")["Configuration"]["Version"] == "13"

    await off_loop(work)


async def test_a_stale_alias_revision_is_refused_with_412(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)

    def work() -> None:
        seen = aws.get_alias(**ALIAS)["RevisionId"]
        aws.update_alias(**ALIAS, FunctionVersion="13", RevisionId=seen)
        stale = refusal(aws.update_alias, **ALIAS, FunctionVersion="12", RevisionId=seen)
        assert stale == ("PreconditionFailedException", 412)
        assert aws.get_alias(**ALIAS)["FunctionVersion"] == "13"

    await off_loop(work)


async def test_an_alias_cannot_point_to_a_version_that_is_not_there(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)

    def work() -> None:
        gone = refusal(aws.update_alias, **ALIAS, FunctionVersion="99")
        assert gone == ("ResourceNotFoundException", 404)

    await off_loop(work)


async def test_a_weighted_alias_shows_its_weights_until_they_are_taken_off(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)

    def work() -> None:
        aws.update_alias(**ALIAS, RoutingConfig={"AdditionalVersionWeights": {"13": 0.2}})
        assert aws.get_alias(**ALIAS)["RoutingConfig"] == {"AdditionalVersionWeights": {"13": 0.2}}
        twice = {"AdditionalVersionWeights": {"14": 0.2}}
        assert refusal(aws.update_alias, **ALIAS, RoutingConfig=twice)[1] == 400
        aws.update_alias(**ALIAS, RoutingConfig={"AdditionalVersionWeights": {}})
        assert "RoutingConfig" not in aws.get_alias(**ALIAS)

    await off_loop(work)


async def test_versions_are_listed_page_by_page_with_latest_first(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)

    def work() -> None:
        pages = aws.get_paginator("list_versions_by_function").paginate(
            FunctionName=NAME, PaginationConfig={"PageSize": 4}
        )
        found = [version["Version"] for page in pages for version in page["Versions"]]
        assert found == ["$LATEST", *(str(n) for n in range(1, 15))]

    await off_loop(work)


async def test_a_configuration_update_is_in_progress_for_a_while_and_others_must_wait(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)

    def work() -> None:
        first = aws.update_function_configuration(FunctionName=NAME, MemorySize=1024)
        assert first["LastUpdateStatus"] == "InProgress"
        busy = refusal(aws.update_function_configuration, FunctionName=NAME, MemorySize=2048)
        assert busy == ("ResourceConflictException", 409)
        cloud.clock.pass_s(6)
        after = aws.get_function_configuration(FunctionName=NAME)
        assert (after["LastUpdateStatus"], after["MemorySize"]) == ("Successful", 1024)

    await off_loop(work)


async def test_a_lost_update_of_the_environment_is_refused(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)

    def work() -> None:
        seen = aws.get_function_configuration(FunctionName=NAME)["RevisionId"]
        aws.update_function_configuration(FunctionName=NAME, Timeout=20, RevisionId=seen)
        cloud.clock.pass_s(10)
        change = {"Environment": {"Variables": {"RUST_LOG": "debug"}}, "RevisionId": seen}
        stale = refusal(aws.update_function_configuration, FunctionName=NAME, **change)
        assert stale == ("PreconditionFailedException", 412)

    await off_loop(work)


async def test_updating_the_environment_replaces_all_variables_as_aws_does(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)

    def work() -> None:
        change = {"Variables": {"RUST_LOG": "debug"}}
        aws.update_function_configuration(FunctionName=NAME, Environment=change)
        assert aws.get_function_configuration(FunctionName=NAME)["Environment"] == change

    await off_loop(work)


async def test_publishing_gives_a_new_version_only_when_something_changed(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)

    def work() -> None:
        assert aws.publish_version(FunctionName=NAME)["Version"] == "14"
        aws.update_function_configuration(FunctionName=NAME, MemorySize=1024)
        cloud.clock.pass_s(10)
        assert aws.publish_version(FunctionName=NAME)["Version"] == "15"

    await off_loop(work)


async def test_a_hundred_of_the_account_stay_unreserved(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)

    def work() -> None:
        put = aws.put_function_concurrency
        put(FunctionName=NAME, ReservedConcurrentExecutions=900)
        assert aws.get_function_concurrency(FunctionName=NAME)["ReservedConcurrentExecutions"] == 900
        more = refusal(put, FunctionName="miyabi-api-staging", ReservedConcurrentExecutions=1)
        assert more == ("InvalidParameterValueException", 400)
        aws.delete_function_concurrency(FunctionName=NAME)
        assert "ReservedConcurrentExecutions" not in aws.get_function_concurrency(FunctionName=NAME)

    await off_loop(work)


async def test_provisioned_concurrency_is_allocated_as_time_goes_by(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)
    place = {"FunctionName": NAME, "Qualifier": "production"}

    def work() -> None:
        aws.put_provisioned_concurrency_config(**place, ProvisionedConcurrentExecutions=10)
        seen: list[tuple[str, int]] = []
        for _ in range(3):
            found = aws.get_provisioned_concurrency_config(**place)
            seen.append((found["Status"], found["AllocatedProvisionedConcurrentExecutions"]))
            cloud.clock.pass_s(5)
        assert seen == [("IN_PROGRESS", 0), ("IN_PROGRESS", 5), ("READY", 10)]
        listed = aws.list_provisioned_concurrency_configs(FunctionName=NAME)
        assert len(listed["ProvisionedConcurrencyConfigs"]) == 1
        aws.delete_provisioned_concurrency_config(**place)
        gone = refusal(aws.get_provisioned_concurrency_config, **place)
        assert gone == ("ProvisionedConcurrencyConfigNotFoundException", 404)

    await off_loop(work)


async def test_provisioned_concurrency_fails_when_deployments_fail(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)
    place = {"FunctionName": NAME, "Qualifier": "14"}
    cloud.faults.switch("deploy-fails", True)

    def work() -> None:
        aws.put_provisioned_concurrency_config(**place, ProvisionedConcurrentExecutions=10)
        found = aws.get_provisioned_concurrency_config(**place)
        assert (found["Status"], found["StatusReason"]) == ("FAILED", "FUNCTION_ERROR_INIT_FAILURE")

    await off_loop(work)


async def test_provisioned_concurrency_is_refused_on_latest_and_twice_on_a_version(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)

    def work() -> None:
        put = aws.put_provisioned_concurrency_config
        ask = {"FunctionName": NAME, "ProvisionedConcurrentExecutions": 5}
        assert refusal(put, **ask, Qualifier="$LATEST")[0] == "InvalidParameterValueException"
        put(**ask, Qualifier="production")
        assert refusal(put, **ask, Qualifier="14")[0] == "ResourceConflictException"

    await off_loop(work)


async def test_functions_live_in_their_own_regions(cloud: Cloud) -> None:
    virginia = cloud.client("lambda", "us-east-1")

    def work() -> None:
        assert refusal(virginia.get_function, FunctionName=NAME)[0] == "ResourceNotFoundException"
        found = virginia.get_function(FunctionName="brutal-patches-api-prod-main")
        assert found["Configuration"]["FunctionArn"].split(":")[3:5] == ["us-east-1", "112530848482"]

    await off_loop(work)


async def test_the_command_line_rolls_an_alias_back_as_the_runbook_does(cloud: Cloud) -> None:
    words = ("--function-name", NAME, "--name", "production", "--function-version", "13")
    code, out, err = await cloud.cli("lambda", "update-alias", *words, "--output", "json", region=TOKYO)
    assert code == 0, err
    assert json.loads(out)["FunctionVersion"] == "13"
    arn = f"arn:aws:lambda:{TOKYO}:112530848482:function:{NAME}"
    words = ("lambda", "get-alias", "--function-name", arn, "--name", "production", "--output", "json")
    assert json.loads((await cloud.cli(*words, region=TOKYO))[1])["FunctionVersion"] == "13"


async def test_calls_go_to_the_version_before_until_the_new_one_is_warm(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)
    place = {"FunctionName": NAME, "Qualifier": "production"}

    def work() -> None:
        aws.put_provisioned_concurrency_config(**place, ProvisionedConcurrentExecutions=10)
        cloud.clock.pass_s(60)
        moved = aws.update_alias(
            **ALIAS, FunctionVersion="13", RoutingConfig={"AdditionalVersionWeights": {}}
        )
        assert moved["RoutingConfig"] == {"AdditionalVersionWeights": {"14": 1.0}}
        put = aws.put_provisioned_concurrency_config
        assert refusal(put, **place, ProvisionedConcurrentExecutions=20)[1] == 400
        assert refusal(aws.update_alias, **ALIAS, FunctionVersion="14")[1] == 400
        cloud.clock.pass_s(60)
        found = aws.get_alias(**ALIAS)
        assert (found["FunctionVersion"], found.get("RoutingConfig")) == ("13", None)
        assert found["RevisionId"] != moved["RevisionId"]

    await off_loop(work)


async def test_weights_stay_when_the_new_version_cannot_be_kept_warm(cloud: Cloud) -> None:
    aws = cloud.client("lambda", TOKYO)
    place = {"FunctionName": NAME, "Qualifier": "production"}

    def work() -> None:
        aws.put_provisioned_concurrency_config(**place, ProvisionedConcurrentExecutions=10)
        cloud.clock.pass_s(60)
        cloud.faults.switch("deploy-fails", True)
        aws.update_alias(**ALIAS, FunctionVersion="13")
        cloud.clock.pass_s(600)
        assert aws.get_alias(**ALIAS)["RoutingConfig"] == {"AdditionalVersionWeights": {"14": 1.0}}
        aws.update_alias(**ALIAS, FunctionVersion="14", RoutingConfig={"AdditionalVersionWeights": {}})
        assert aws.get_alias(**ALIAS)["FunctionVersion"] == "14"

    await off_loop(work)
