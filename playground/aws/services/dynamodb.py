"""DynamoDB: a table whose capacity changes over time, and its backups."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from playground.aws.cloud import ApiCall, Cloud, Operation
from playground.aws.deployments import stack_tags
from playground.aws.modelled import Modelled
from playground.aws.refusal import AwsError

BEHIND, KEPT = timedelta(minutes=5), timedelta(days=35)
"""How far behind now the latest restorable moment is, and how far back the earliest may lie."""

MOST_DECREASES = 4
"""Decreases a table takes in a day at once (DynamoDB quotas)."""


@dataclass
class Table:
    """A table with provisioned throughput. until: when it is ACTIVE again.

    keeps_moments: point-in-time recovery is on. made_of: the moment whose data a restored table has.
    """

    name: str
    arn: str
    read: int
    write: int
    born: datetime
    until: datetime
    doing: str = "UPDATING"
    decreases: int = 0
    decreased_at: datetime | None = None
    keeps_moments: bool = False
    has_stream: bool = False
    made_of: datetime | None = None
    indexes: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    tags: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Dynamo:
    """Everything of one region."""

    tables: dict[str, Table] = field(default_factory=dict[str, Table])
    backups: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def _table(ask: ApiCall) -> Table:
    name = str(ask.params["TableName"]).rsplit("/", 1)[-1]
    found = ask.region.state(Dynamo).tables.get(name)
    if found is None:
        message = f"Requested resource not found: Table: {name} not found"
        raise AwsError("ResourceNotFoundException", message)
    return found


def describe_table(ask: ApiCall) -> dict[str, Any]:
    """DescribeTable."""
    found = _table(ask)
    throughput: dict[str, Any] = {
        "ReadCapacityUnits": found.read,
        "WriteCapacityUnits": found.write,
        "NumberOfDecreasesToday": found.decreases,
    }
    if found.decreased_at:
        throughput["LastDecreaseDateTime"] = found.decreased_at.timestamp()
    indexes = [
        {
            "IndexName": name,
            "IndexStatus": "ACTIVE",
            "ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": write},
        }
        for name, (read, write) in found.indexes.items()
    ]
    return {
        "Table": {
            **({"StreamSpecification": {"StreamEnabled": True}} if found.has_stream else {}),
            **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
            "TableName": found.name,
            "TableArn": found.arn,
            "TableStatus": found.doing if ask.at < found.until else "ACTIVE",
            "CreationDateTime": found.born.timestamp(),
            "ItemCount": 48213,
            "TableSizeBytes": 91_226_112,
            "ProvisionedThroughput": throughput,
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        }
    }


def update_table(ask: ApiCall) -> dict[str, Any]:
    """UpdateTable: another provisioned throughput, a while later."""
    found = _table(ask)
    if ask.at < found.until:
        message = f"Attempt to change a resource which is still in use: Table is being updated: {found.name}"
        raise AwsError("ResourceInUseException", message)
    if (found.read, found.write) == (0, 0):
        message = "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified on an on-demand table."
        raise AwsError("ValidationException", message)
    wanted = ask.params["ProvisionedThroughput"]
    read, write = int(wanted["ReadCapacityUnits"]), int(wanted["WriteCapacityUnits"])
    if (read, write) == (found.read, found.write):
        message = "The provisioned throughput for the table will not change."
        raise AwsError("ValidationException", message)
    if read < found.read or write < found.write:
        # Four at once a day, and one more in every hour without any (DynamoDB quotas).
        is_taken = found.decreased_at is not None and ask.at >= found.decreased_at + timedelta(hours=1)
        if found.decreases >= MOST_DECREASES and not is_taken:
            message = "Subscriber limit exceeded: Provisioned throughput decreases are limited within a day."
            raise AwsError("LimitExceededException", message)
        found.decreases += 1
        found.decreased_at = ask.at
    found.read, found.write, found.until = read, write, ask.at + ask.region.pace * 2
    return {"TableDescription": describe_table(ask)["Table"]}


def create_backup(ask: ApiCall) -> dict[str, Any]:
    """CreateBackup: asynchronous, and available at once in the console."""
    found = _table(ask)
    number = int(ask.at.timestamp() * 1000)
    details = {
        "BackupArn": f"{found.arn}/backup/0{number}-{ask.region.ids.hex(8)}",
        "BackupName": str(ask.params["BackupName"]),
        "BackupStatus": "CREATING",
        "BackupType": "USER",
        "BackupCreationDateTime": ask.at.timestamp(),
        "BackupSizeBytes": 91_226_112,
    }
    ask.region.state(Dynamo).backups.append(
        {**details, "table": found.name, "ready": ask.at + ask.region.pace * 2}
    )
    return {"BackupDetails": details}


def list_backups(ask: ApiCall) -> dict[str, Any]:
    """ListBackups, of one table or all."""
    name = ask.params.get("TableName")
    shown = [
        {
            "TableName": one["table"],
            "BackupStatus": "AVAILABLE" if ask.at >= one["ready"] else "CREATING",
            **{key: one[key] for key in ("BackupArn", "BackupName", "BackupType", "BackupCreationDateTime")},
            "BackupSizeBytes": one["BackupSizeBytes"],
        }
        for one in ask.region.state(Dynamo).backups
        if name in {None, one["table"]}
    ]
    return {"BackupSummaries": shown}


def describe_continuous_backups(ask: ApiCall) -> dict[str, Any]:
    """DescribeContinuousBackups: with point-in-time recovery, up to five minutes ago (its API reference)."""
    found = _table(ask)
    recovery: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
    if found.keeps_moments:
        recovery = {
            "PointInTimeRecoveryStatus": "ENABLED",
            "EarliestRestorableDateTime": max(found.born, ask.at - KEPT).timestamp(),
            "LatestRestorableDateTime": (ask.at - BEHIND).timestamp(),
        }
    described = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}
    return {"ContinuousBackupsDescription": described}


def restore_table(ask: ApiCall) -> dict[str, Any]:
    """RestoreTableToPointInTime: a new table with the source's capacity and indexes (its API reference)."""
    params = ask.params
    source = _table(replace(ask, params={"TableName": params["SourceTableName"]}))
    name, state = str(params["TargetTableName"]), ask.region.state(Dynamo)
    if name in state.tables:
        raise AwsError("TableAlreadyExistsException", f"Table already exists: {name}")
    if not source.keeps_moments:
        message = f"Point in time recovery is not enabled for table '{source.name}'"
        raise AwsError("PointInTimeRecoveryUnavailableException", message)
    at = datetime.fromtimestamp(float(params["RestoreDateTime"]), UTC)
    if not max(source.born, ask.at - KEPT) <= at <= ask.at - BEHIND:
        message = "An invalid restore time was specified."
        raise AwsError("InvalidRestoreTimeException", message)
    until, arn = ask.at + ask.region.pace * 3, ask.region.arn("dynamodb", f"table/{name}")
    made = Table(name, arn, source.read, source.write, ask.at, until, "CREATING", indexes={**source.indexes})
    made.made_of = at
    state.tables[name] = made
    shown = describe_table(replace(ask, params={"TableName": name}))
    return {"TableDescription": shown["Table"]}


def list_tags(ask: ApiCall) -> dict[str, Any]:
    """ListTagsOfResource, by the table's ARN; all on one page (its API reference)."""
    found = _table(replace(ask, params={"TableName": ask.params["ResourceArn"]}))
    return {"Tags": [{"Key": key, "Value": value} for key, value in found.tags.items()]}


OPERATIONS: dict[str, Operation] = {
    "ListTagsOfResource": list_tags,
    "DescribeContinuousBackups": describe_continuous_backups,
    "RestoreTableToPointInTime": restore_table,
    "DescribeTable": describe_table,
    "UpdateTable": update_table,
    "CreateBackup": create_backup,
    "ListBackups": list_backups,
}


def seed(world: Cloud) -> None:
    """The table of Brutal Patches and last month's backup."""
    region = world.region("us-east-1")
    name, born = "BrutalPatchesTable-prod", world.now() - timedelta(days=400)
    state, arn = region.state(Dynamo), region.arn("dynamodb", f"table/{name}")
    state.tables[name] = Table(name, arn, 25, 10, born, born, keeps_moments=True, has_stream=True)
    state.tables[name].tags = stack_tags(region, "PatchesTable")
    at = world.now() - timedelta(days=30)
    state.backups.append(
        {
            "table": name,
            "ready": at,
            "BackupArn": f"{arn}/backup/01700000000000-0a1b2c3d",
            "BackupName": "monthly",
            "BackupType": "USER",
            "BackupCreationDateTime": at.timestamp(),
            "BackupSizeBytes": 88_110_080,
        }
    )


DYNAMODB = Modelled("dynamodb", "dynamodb", OPERATIONS, seed)
