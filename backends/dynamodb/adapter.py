"""The backend of kind `dynamodb`: how a table is, its capacity, its backups, its data of a moment."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from backends.aws import AwsBackend
from backends.aws_api import listed
from backends.aws_owners import owned, tags_of
from backends.aws_scaling import LOOKS, autoscaling_of
from backends.backups import backup_progress, newest_first
from backends.dynamodb.plans import mark, plan_backup, plan_capacity, plan_restore_at, provisioned
from backends.dynamodb.target import Json, TableTarget
from model.catalog.schema import Service
from model.changes import Backup, Capacity, Change, Restore
from model.health import Check, Health, Verdict, worst
from model.plan import Plan, Progress, Step
from model.ports.backend import BackendError, Fault, Grant
from model.query_result import BackupFound

_OPERATIONS = {
    "dynamodb:CreateBackup": "create_backup",
    "dynamodb:RestoreTableToPointInTime": "restore_table_to_point_in_time",
    "dynamodb:UpdateTable": "update_table",
}
_WRITES = (
    *("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"),
    *("dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem"),
)
"""What DynamoDB asks for on the table that it restores into (Developer Guide, IAM with backups)."""

PERIOD_S = 300
FRESH = timedelta(seconds=30)
"""For how long after a call lists may still say what was before."""


class DynamoDb(AwsBackend):
    """Changes, and watches until the list of what there is says so."""

    kind = "dynamodb"
    target = TableTarget

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """The table and what is restored of it; ListBackups and GetMetricData are not granted by resource."""
        target = TableTarget.of(service)
        own, new = target.arn(target.table), target.arn(target.restored)
        changes = ("dynamodb:CreateBackup", "dynamodb:UpdateTable")
        looks = ("dynamodb:DescribeContinuousBackups", "dynamodb:ListTagsOfResource")
        return (
            Grant((*changes, *looks), (own,)),
            Grant(("dynamodb:DescribeTable", "dynamodb:RestoreTableToPointInTime"), (own, new)),
            Grant(_WRITES, (new,)),
            Grant(("dynamodb:ListBackups", "cloudwatch:GetMetricData")),
            LOOKS,
        )

    async def reach(self, service: Service) -> None:
        """DescribeTable knows it. Raises BackendError."""
        await self._table(TableTarget.of(service))

    async def health(self, service: Service) -> Health:
        """Status, what is provisioned and what is consumed of it. Raises BackendError."""
        target = TableTarget.of(service)
        table, used = await asyncio.gather(self._table(target), self._consumed(target))
        status = str(table["TableStatus"])
        is_well = status == "ACTIVE"
        read, write = provisioned(table)
        capacity = f"{read} read, {write} write" if read or write else "on demand"
        found = (
            Check(
                name="table",
                value=f"{status}, {table.get('ItemCount', 0):,} items",
                verdict=Verdict.OK if is_well else Verdict.DEGRADED,
                why="" if is_well else f"{TableTarget.of(service).table} is {status}",
            ),
            Check(name="capacity", value=capacity, verdict=Verdict.OK),
            _use(used, (read, write)),
        )
        verdict, reason = worst(found)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=found)

    async def _consumed(self, target: TableTarget) -> tuple[float, float] | None:
        """Read and write units a second over the last whole five minutes; None when nothing says so."""
        now = self._clock()
        end = now - timedelta(seconds=now.timestamp() % PERIOD_S)
        queries = [
            {"Id": id, "MetricStat": {"Metric": _metric(target, name), "Period": PERIOD_S, "Stat": "Sum"}}
            for id, name in (("reads", "ConsumedReadCapacityUnits"), ("writes", "ConsumedWriteCapacityUnits"))
        ]
        span = {"StartTime": end - timedelta(seconds=PERIOD_S), "EndTime": end}
        try:
            answer = await self._api("cloudwatch").read(
                target, "get_metric_data", MetricDataQueries=queries, **span
            )
        except BackendError:  # the table itself is still told of
            return None
        sums = {str(one["Id"]): cast(list[float], one["Values"]) for one in answer["MetricDataResults"]}
        reads, writes = (sum(sums.get(id, [])) / PERIOD_S for id in ("reads", "writes"))
        return reads, writes

    async def backups(self, service: Service) -> tuple[BackupFound, ...]:
        """The newest 50 on-demand backups. Raises BackendError."""
        return (await self._backups(TableTarget.of(service)))[:50]

    async def _backups(self, target: TableTarget) -> tuple[BackupFound, ...]:
        found = await listed(
            partial(self._api("dynamodb").read, target, "list_backups"),
            "BackupSummaries",
            marker="ExclusiveStartBackupArn",
            after="LastEvaluatedBackupArn",
            TableName=target.table,
        )
        return newest_first(
            BackupFound(
                id=str(one["BackupName"]),
                at=cast(datetime, one["BackupCreationDateTime"]).isoformat(),
                status=str(one["BackupStatus"]).lower(),
                size=int(one.get("BackupSizeBytes") or 0),
            )
            for one in found
        )

    def accepts(self, change: Change) -> bool:
        """Backups, the data of a moment, and capacity."""
        return isinstance(change, Backup | Capacity | Restore)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError, Refused."""
        target = TableTarget.of(service)
        table = await self._table(target)
        return await owned(
            await self._planned(service, change, table), lambda: self._tags(target, str(table["TableArn"]))
        )

    async def _tags(self, target: TableTarget, arn: str) -> dict[str, str]:
        ask = partial(self._api("dynamodb").read, target, "list_tags_of_resource")
        return tags_of(await listed(ask, "Tags", marker="NextToken", ResourceArn=arn))

    async def _planned(self, service: Service, change: Change, table: Json) -> Plan:
        target = TableTarget.of(service)
        if isinstance(change, Capacity):
            scaled = await autoscaling_of(self._clients, target, "dynamodb", f"table/{target.table}")
            return plan_capacity(service, change, table, scaled, self._clock())
        if isinstance(change, Restore):
            others = [target.restored] if await self._find(target, target.restored) else []
            return plan_restore_at(service, change, table, await self._recovery(target), others)
        assert isinstance(change, Backup)
        return plan_backup(service, change, table, await self._backups(target), self._clock())

    async def fingerprint(self, service: Service) -> str:
        """Of the provisioned capacity."""
        return mark(await self._table(TableTarget.of(service)))

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call. Raises BackendError."""
        target = TableTarget.of(service)
        params = cast(dict[str, Any], step.params)
        try:
            await self._api("dynamodb").change(target, _OPERATIONS[step.call], **params)
        except BackendError as error:
            if "LimitExceeded" in str(error.__cause__) and step.call == "dynamodb:UpdateTable":
                raise _too_often(target, error) from error
            raise

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """Whether the backup is there, or the capacity is as the step sets it."""
        if made := step.params.get("TargetTableName"):
            return await self._find(TableTarget.of(service), str(made)) is not None
        if name := step.params.get("BackupName"):
            return str(name) in {one.id for one in await self._backups(TableTarget.of(service))}
        wanted = cast(dict[str, int], step.params["ProvisionedThroughput"])
        now = provisioned(await self._table(TableTarget.of(service)))
        return now == (wanted["ReadCapacityUnits"], wanted["WriteCapacityUnits"])

    def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until the backup is available, or the table is active with the capacity asked for."""
        return self._until_over(lambda: self._progress(service, plan, since))

    async def _progress(self, service: Service, plan: Plan, since: datetime) -> Progress:
        if name := plan.goal.get("backup"):
            is_fresh = self._clock() < since + FRESH
            return backup_progress(str(name), await self._backups(TableTarget.of(service)), is_fresh)
        if made := plan.goal.get("restored"):
            return await self._restore_progress(TableTarget.of(service), str(made), since)
        table = await self._table(TableTarget.of(service))
        read, write = provisioned(table)
        said = f"{table['TableStatus']}: {read} read, {write} write"
        if table["TableStatus"] != "ACTIVE":
            return Progress(last_event=said)
        is_so = [read, write] == plan.goal["capacity"]
        return Progress(last_event=said, ok=is_so, why="" if is_so else f"{said}; something else set that.")

    async def _restore_progress(self, target: TableTarget, name: str, since: datetime) -> Progress:
        found = await self._find(target, name)
        if found is None:
            is_fresh = self._clock() < since + FRESH
            why = "" if is_fresh else f"There is no table {name}; the restore failed, or somebody deleted it."
            return Progress(wanted=1, starting=1, ok=None if is_fresh else False, why=why)
        if found["TableStatus"] == "CREATING":
            return Progress(wanted=1, starting=1, last_event=f"{name} is being restored.")
        is_there = found["TableStatus"] == "ACTIVE"
        said = f"{name} is {found['TableStatus']}."
        return Progress(wanted=1, running=1, ok=is_there, last_event=said, why="" if is_there else said)

    async def _recovery(self, target: TableTarget) -> Json:
        api = self._api("dynamodb")
        answer = await api.read(target, "describe_continuous_backups", TableName=target.table)
        return cast(Json, answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription") or {})

    async def _find(self, target: TableTarget, name: str) -> Json | None:
        try:
            answer = await self._api("dynamodb").read(target, "describe_table", TableName=name)
        except BackendError as error:
            if error.fault is Fault.NOT_FOUND:
                return None
            raise
        return cast(Json, answer["Table"])

    async def _table(self, target: TableTarget) -> Json:
        answer = await self._api("dynamodb").read(target, "describe_table", TableName=target.table)
        return cast(Json, answer["Table"])


def _metric(target: TableTarget, name: str) -> Json:
    dimensions = [{"Name": "TableName", "Value": target.table}]
    return {"Namespace": "AWS/DynamoDB", "MetricName": name, "Dimensions": dimensions}


def _use(used: tuple[float, float] | None, provisioned: tuple[int, int]) -> Check:
    """What is consumed; all of what is provisioned is too much, for the next call is throttled."""
    if used is None:
        return Check(name="consumed", value="not known: CloudWatch does not say", verdict=Verdict.UNKNOWN)
    is_all = any(there and taken >= there for taken, there in zip(used, provisioned, strict=True))
    return Check(
        name="consumed",
        value=f"{used[0]:.3g} read and {used[1]:.3g} write a second",
        verdict=Verdict.DEGRADED if is_all else Verdict.OK,
        why="all of its capacity is consumed" if is_all else "",
    )


def _too_often(target: TableTarget, error: BackendError) -> BackendError:
    what = f"DynamoDB takes no more changes of {target.table} for now, most likely decreases: {error.what}"
    wait = "Capacity is as it was. A decrease is taken once an hour again; an increase at any time."
    return BackendError(error.fault, what, wait, sent=False)
