"""CloudFormation and Secrets Manager refuse what AWS refuses, and an update takes its time."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from playground.aws.deployments import BUCKET, STACK, STAMPS, TEMPLATE, folder_of
from tests.playground.aws.conftest import Cloud, off_loop

NAMED = {"Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]}


def url_of(stamp: int) -> str:
    return f"https://s3.amazonaws.com/{BUCKET}/{folder_of(stamp)}/{TEMPLATE}"


def refusal(call: Any, **params: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**params)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


async def test_an_update_goes_through_its_states_and_tells_them_newest_first(cloud: Cloud) -> None:
    aws = cloud.client("cloudformation")

    def status() -> str:
        return aws.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]

    def work() -> None:
        aws.update_stack(StackName=STACK, TemplateURL=url_of(STAMPS[1]), ClientRequestToken="t-1", **NAMED)
        assert status() == "UPDATE_IN_PROGRESS"
        cloud.clock.pass_s(600)
        assert status() == "UPDATE_COMPLETE"
        events = aws.describe_stack_events(StackName=STACK)["StackEvents"]
        assert [one["ResourceStatus"] for one in events[:2]] == [
            "UPDATE_COMPLETE",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        ]
        assert events[0]["ClientRequestToken"] == "t-1"
        body = aws.get_template(StackName=STACK)["TemplateBody"]
        assert str(STAMPS[1]) in str(body)

    await off_loop(work)


async def test_what_cannot_be_updated_is_refused_in_awss_words(cloud: Cloud) -> None:
    aws = cloud.client("cloudformation")

    def work() -> None:
        before = url_of(STAMPS[1])
        assert refusal(aws.describe_stacks, StackName="no") == (
            "ValidationError",
            "Stack with id no does not exist",
        )
        lacking = refusal(aws.update_stack, StackName=STACK, TemplateURL=before)
        assert lacking[0] == "InsufficientCapabilitiesException"
        missing = refusal(aws.update_stack, StackName=STACK, TemplateURL=before + "x", **NAMED)
        assert "Access Denied" in missing[1]
        same = refusal(aws.update_stack, StackName=STACK, TemplateURL=url_of(STAMPS[2]), **NAMED)
        assert same == ("ValidationError", "No updates are to be performed.")
        aws.update_stack(StackName=STACK, TemplateURL=before, **NAMED)
        busy = refusal(aws.update_stack, StackName=STACK, TemplateURL=before, **NAMED)
        assert "is in UPDATE_IN_PROGRESS state and can not be updated" in busy[1]

    await off_loop(work)


async def test_a_secret_is_found_by_name_and_by_arn_and_one_that_is_not_there_is_told(cloud: Cloud) -> None:
    aws = cloud.client("secretsmanager", "ap-northeast-1")

    def work() -> None:
        by_name = aws.get_secret_value(SecretId="miyabi/prod/jwt-secret")
        by_arn = aws.get_secret_value(SecretId=by_name["ARN"])
        assert by_arn["SecretString"] == by_name["SecretString"]
        assert refusal(aws.get_secret_value, SecretId="miyabi/prod/no")[0] == "ResourceNotFoundException"

    await off_loop(work)


async def test_the_bucket_keeps_each_deployments_template_and_code(cloud: Cloud) -> None:
    aws = cloud.client("s3")

    def work() -> None:
        found = aws.list_objects_v2(Bucket=BUCKET, Prefix="serverless/brutal-patches-api/prod/")
        assert len([one for one in found["Contents"] if one["Key"].endswith(TEMPLATE)]) == len(STAMPS)

    await off_loop(work)
