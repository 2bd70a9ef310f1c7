"""What the Serverless Framework left in its bucket: three deployments of the Brutal Patches API."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from playground.aws.cloud import Region

STACK = "brutal-patches-api-prod"
BUCKET = "brutal-patches-api-prod-serverlessdeploymentbucket-1k4z8q2v6m0x"
FOLDER = "serverless/brutal-patches-api/prod"
FUNCTION = "brutal-patches-api-prod-main"
TEMPLATE = "compiled-cloudformation-template.json"
STAMPS = (1763200800000, 1763460000000, 1763632800000)
"""When each was deployed, in milliseconds; the last one runs."""

MEMORY = (768, 1024, 1024)


def folder_of(stamp: int) -> str:
    """`serverless/<service>/<stage>/<milliseconds>-<ISO time>`, as the framework names it."""
    at = datetime.fromtimestamp(stamp / 1000, UTC)
    return f"{FOLDER}/{stamp}-{at:%Y-%m-%dT%H:%M:%S}.{stamp % 1000:03d}Z"


def template_of(stamp: int) -> dict[str, Any]:
    """The compiled template of a deployment: the function with its code, its role, log group and table."""
    index = STAMPS.index(stamp)
    code = {"S3Bucket": BUCKET, "S3Key": f"{folder_of(stamp)}/brutal-patches-api.zip"}
    main = {"FunctionName": FUNCTION, "Handler": "dist/lambda.handler", "Runtime": "nodejs20.x"}
    resources: dict[str, Any] = {
        "ServerlessDeploymentBucket": {"Type": "AWS::S3::Bucket", "Properties": {}},
        "MainLogGroup": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": f"/aws/lambda/{FUNCTION}"},
        },
        "IamRoleLambdaExecution": {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": f"{STACK}-us-east-1-lambdaRole"},
        },
        "PatchesTable": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {"TableName": "BrutalPatchesTable-prod"},
        },
        "MainLambdaFunction": {
            "Type": "AWS::Lambda::Function",
            "Properties": {**main, "MemorySize": MEMORY[index], "Timeout": 30, "Code": code},
        },
    }
    if index > 0:  # the first release had no alarm yet
        resources["ErrorsAlarm"] = {"Type": "AWS::CloudWatch::Alarm", "Properties": {}}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "The AWS CloudFormation template for this Serverless application",
        "Resources": resources,
    }


def stack_tags(region: Region, logical: str) -> dict[str, str]:
    """What CloudFormation tags a resource of the stack with (Template Reference, resource tagging).

    STAGE is the Serverless Framework's own. The stack's id is given out once.
    """
    return {
        "STAGE": "prod",
        "aws:cloudformation:stack-name": STACK,
        "aws:cloudformation:stack-id": region.arn("cloudformation", f"stack/{STACK}/8f0c2d10"),
        "aws:cloudformation:logical-id": logical,
    }


def stored() -> Mapping[str, bytes]:
    """Key → content of the bucket."""
    found: dict[str, bytes] = {}
    for stamp in STAMPS:
        found[f"{folder_of(stamp)}/{TEMPLATE}"] = json.dumps(template_of(stamp)).encode()
        found[f"{folder_of(stamp)}/brutal-patches-api.zip"] = f"not a real archive {stamp}".encode()
    return found
