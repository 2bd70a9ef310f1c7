"""Rights are IAM's own: the action on each of its resources, and nothing that is not granted."""

import json

import pytest
from botocore.exceptions import ClientError

from playground.aws.also import also_needed
from playground.aws.arns import Where, resources
from playground.aws.foreign import read_foreign
from playground.aws.protocols import Message
from playground.aws.rights import Rights
from tests.playground.aws.conftest import Cloud, off_loop

WHERE = Where("us-east-1", "112530848482")


def rights(*actions: str, on: str) -> Rights:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": [on]}
    return Rights.of([json.dumps({"Version": "2012-10-17", "Statement": [statement]})])


def test_every_resource_of_a_call_has_to_be_granted():
    params = {"DBInstanceIdentifier": "miyabi-db-restored", "DBSnapshotIdentifier": "s1"}
    on = resources("rds", "RestoreDBInstanceFromDBSnapshot", params, WHERE)
    assert on == (
        "arn:aws:rds:us-east-1:112530848482:db:miyabi-db-restored",
        "arn:aws:rds:us-east-1:112530848482:snapshot:s1",
    )
    action = "rds:RestoreDBInstanceFromDBSnapshot"
    assert rights(action, on="arn:aws:rds:*:*:*").allow(action, on)
    assert not rights(action, on="arn:aws:rds:*:*:db:*").allow(action, on)


def test_what_has_no_resources_is_granted_only_on_all():
    assert resources("cloudwatch", "GetMetricData", {}, WHERE) == ("*",)
    assert not rights("cloudwatch:GetMetricData", on="arn:aws:cloudwatch:*").allow(
        "cloudwatch:GetMetricData", ("*",)
    )


def test_what_a_call_makes_has_rights_of_its_own():
    restore = {"SourceTableName": "orders", "TargetTableName": "orders-restored"}
    needed = also_needed("dynamodb:RestoreTableToPointInTime", restore, WHERE)
    table = "arn:aws:dynamodb:us-east-1:112530848482:table/orders-restored"
    assert ("dynamodb:PutItem", table) in needed
    tagged = {"DBInstanceIdentifier": "new", "Tags": [{"Key": "team", "Value": "miyabi"}]}
    name = "rds:RestoreDBInstanceFromDBSnapshot"
    assert also_needed(name, tagged, WHERE) == (
        ("rds:AddTagsToResource", "arn:aws:rds:us-east-1:112530848482:db:new"),
    )
    assert also_needed(name, {"DBInstanceIdentifier": "new"}, WHERE) == ()


@pytest.mark.parametrize(
    ("method", "path", "query", "operation", "params"),
    [
        ("GET", "/backups", "list-type=2&prefix=architect%2F", "ListObjectsV2", {"Bucket": "backups"}),
        ("GET", "/backups/architect/a.gz", "", "GetObject", {"Bucket": "backups", "Key": "architect/a.gz"}),
        ("HEAD", "/backups/a", "", "HeadObject", {"Bucket": "backups", "Key": "a"}),
        ("POST", "/backups/a", "uploads", "CreateMultipartUpload", {"Bucket": "backups", "Key": "a"}),
        ("PUT", "/backups/a", "partNumber=1&uploadId=u", "UploadPart", {"Bucket": "backups", "Key": "a"}),
        ("POST", "/backups/a", "uploadId=u", "CompleteMultipartUpload", {"Bucket": "backups", "Key": "a"}),
        ("DELETE", "/backups/a", "uploadId=u", "AbortMultipartUpload", {"Bucket": "backups", "Key": "a"}),
        ("PUT", "/backups/a", "", "PutObject", {"Bucket": "backups", "Key": "a"}),
    ],
)
def test_calls_of_s3_are_told_apart(method: str, path: str, query: str, operation: str, params: dict):
    found = read_foreign("s3", Message(method, path, query, {}, b""))
    assert (found.operation, found.params) == (operation, params)


async def test_only_the_access_key_of_muster_is_bound_by_its_rights(cloud: Cloud):
    cloud.running.config.rights = rights("ecs:ListClusters", on="*")
    ecs = cloud.client("ecs")
    await off_loop(lambda: ecs.describe_services(cluster="ioanyt-prod", services=["delivery-standard"]))
    assert cloud.running.calls[-1].resources == (
        "arn:aws:ecs:us-east-1:112530848482:service/ioanyt-prod/delivery-standard",
    )
    bound = cloud.client("ecs", key="muster")
    with pytest.raises(ClientError) as refused:
        await off_loop(lambda: bound.describe_services(cluster="ioanyt-prod", services=["delivery-standard"]))
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
