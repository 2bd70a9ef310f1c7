"""Amazon DynamoDB: how a table is, its capacity, and backups of it."""

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, cast

from pydantic import Field

from backends.aws import AwsBackend, AwsTarget
from backends.aws_api import listed
from backends.aws_scaling import LOOKS, Autoscaling, autoscaling_of
from backends.backups import backup_progress, newest_first
from backends.shared import Kind
from model.catalog.schema import Service
from model.changes import Backup, Capacity, Change
from model.health import Check, Health, Verdict, worst
from model.language.near import shown
from model.plan import Delta, Direction, Plan, Progress, RiskTier, Step, Warning, fingerprint
from model.ports.backend import BackendError, Grant
from model.query_result import BackupFound
from model.refusal import Refused

Json = dict[str, Any]
_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
"""What DynamoDB takes as the name of a backup (API reference, CreateBackup)."""

FREE_DECREASES = 4
"""How many decreases a day DynamoDB takes whenever they are asked for (its quotas)."""

PERIOD_S = 300
FRESH = timedelta(seconds=30)
"""For how long after a call lists may still say what was before."""


class TableTarget(AwsTarget):
    """A table by its name."""

    kind: Literal["dynamodb"] = "dynamodb"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    table: str = Field(description="its name")


class DynamoDb(AwsBackend):
    """Changes, and watches until the list of what there is says so."""

    kind = "dynamodb"
    target = TableTarget

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """The table; ListBackups and GetMetricData are not granted by resource."""
        target = TableTarget.of(service)
        arn = target.arn_of("dynamodb", f"table/{target.table}")
        own = ("dynamodb:CreateBackup", "dynamodb:DescribeTable", "dynamodb:UpdateTable")
        return (Grant(own, (arn,)), Grant(("dynamodb:ListBackups", "cloudwatch:GetMetricData")), LOOKS)

    async def reach(self, service: Service) -> None:
        """DescribeTable knows it. Raises BackendError."""
        await self._table(TableTarget.of(service))

    async def health(self, service: Service) -> Health:
        """Status, what is provisioned and what is consumed of it. Raises BackendError."""
        target = TableTarget.of(service)
        table, used = await asyncio.gather(self._table(target), self._consumed(target))
        status = str(table["TableStatus"])
        is_well = status == "ACTIVE"
        read, write = _provisioned(table)
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
        """Backups and capacity."""
        return isinstance(change, Backup | Capacity)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError, Refused."""
        target = TableTarget.of(service)
        table = await self._table(target)
        if isinstance(change, Capacity):
            scaled = await autoscaling_of(self._clients, target, "dynamodb", f"table/{target.table}")
            return plan_capacity(service, change, table, scaled, self._clock())
        assert isinstance(change, Backup)
        return plan_backup(service, change, table, await self._backups(target), self._clock())

    async def fingerprint(self, service: Service) -> str:
        """Of the provisioned capacity."""
        return _mark(await self._table(TableTarget.of(service)))

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call. Raises BackendError."""
        target = TableTarget.of(service)
        operation = {"dynamodb:CreateBackup": "create_backup", "dynamodb:UpdateTable": "update_table"}
        params = cast(dict[str, Any], step.params)
        try:
            await self._api("dynamodb").change(target, operation[step.call], **params)
        except BackendError as error:
            if "LimitExceeded" in str(error.__cause__) and step.call == "dynamodb:UpdateTable":
                raise _too_often(target, error) from error
            raise

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """Whether the backup is there, or the capacity is as the step sets it."""
        if name := step.params.get("BackupName"):
            return str(name) in {one.id for one in await self._backups(TableTarget.of(service))}
        wanted = cast(dict[str, int], step.params["ProvisionedThroughput"])
        now = _provisioned(await self._table(TableTarget.of(service)))
        return now == (wanted["ReadCapacityUnits"], wanted["WriteCapacityUnits"])

    def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until the backup is available, or the table is active with the capacity asked for."""
        return self._until_over(lambda: self._progress(service, plan, since))

    async def _progress(self, service: Service, plan: Plan, since: datetime) -> Progress:
        if name := plan.goal.get("backup"):
            is_fresh = self._clock() < since + FRESH
            return backup_progress(str(name), await self._backups(TableTarget.of(service)), is_fresh)
        table = await self._table(TableTarget.of(service))
        read, write = _provisioned(table)
        said = f"{table['TableStatus']}: {read} read, {write} write"
        if table["TableStatus"] != "ACTIVE":
            return Progress(last_event=said)
        is_so = [read, write] == plan.goal["capacity"]
        return Progress(last_event=said, ok=is_so, why="" if is_so else f"{said}; something else set that.")

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


def _fights(service: Service, scaled: Autoscaling, after: tuple[int, int]) -> tuple[Warning, ...]:
    """A `warn` for each capacity that is scaled by itself: it will be moved again."""
    found: list[Warning] = []
    for what, units in zip(("Read", "Write"), after, strict=True):
        least, most = scaled.range_of(f"dynamodb:table:{what}CapacityUnits")
        if least is None or most is None:
            continue
        does = "and may move it again" if least <= units <= most else f"and will move {units} back"
        text = f"Auto scaling keeps its {what.lower()} capacity from {least} to {most} {does}."
        instead = (
            "To hold it, change the minimum where auto scaling is set up, or in the console: "
            "the table's *Additional settings*."
        )
        found.append(Warning(level="warn", code="autoscaler", text=text, instead=instead))
    return (*found, *scaled.cautions())


def _indexes(table: Json, after: tuple[int, int]) -> tuple[Warning, ...]:
    """A `warn` for indexes with less write capacity than the table will have: their own is not changed.

    Writes to the table are throttled by an index that cannot follow (DynamoDB Developer Guide, global
    secondary indexes, provisioned throughput).
    """
    slow = [
        f"{one['IndexName']} ({one['ProvisionedThroughput']['WriteCapacityUnits']} write)"
        for one in cast(list[Json], table.get("GlobalSecondaryIndexes") or [])
        if int(cast(Json, one["ProvisionedThroughput"])["WriteCapacityUnits"]) < after[1]
    ]
    if not slow:
        return ()
    text = f"Indexes keep their own capacity, and hold up the table's writes without it: {', '.join(slow)}."
    return (Warning(level="warn", code="indexes", text=text),)


def _next_decrease(throughput: Json, now: datetime) -> str:
    """When DynamoDB takes the next decrease: four at once a day, then one in an hour without any (quotas)."""
    last = cast(datetime | None, throughput.get("LastDecreaseDateTime"))
    if int(throughput.get("NumberOfDecreasesToday", 0)) < FREE_DECREASES or last is None:
        return ""
    again = last + timedelta(hours=1)
    return f"{again:%H:%M} UTC" if again > now else ""


def plan_capacity(
    service: Service, change: Capacity, table: Json, scaled: Autoscaling, now: datetime
) -> Plan:
    """Other provisioned capacity; None leaves one as it is. Raises Refused."""
    before = _provisioned(table)
    if before == (0, 0):
        raise Refused(
            f"{service.id} is billed on demand: it has no capacity to set.",
            f"Look with /metrics {service.id}; throttles of such a table are limits of the account.",
        )
    _must_be_active(service, table)
    after = (change.read or before[0], change.write or before[1])
    is_down = after[0] < before[0] or after[1] < before[1]
    throughput = {"ReadCapacityUnits": after[0], "WriteCapacityUnits": after[1]}
    params: Json = {"TableName": str(table["TableName"]), "ProvisionedThroughput": throughput}
    named = zip(("read capacity", "write capacity"), before, after, strict=True)
    moved = tuple(Delta(what=what, before=str(was), after=str(now)) for what, was, now in named if was != now)
    throughput_now = cast(Json, table["ProvisionedThroughput"])
    if is_down and (again := _next_decrease(throughput_now, now)):
        raise Refused(
            f"DynamoDB takes no further decrease of {service.id} before {again}: it had its four of today.",
            "Type it again then; an increase is taken at any time.",
        )
    today = int(throughput_now.get("NumberOfDecreasesToday", 0))
    few = Warning(
        level="warn",
        code="few-decreases",
        text=f"A table takes few decreases a day, and had {today} today: this may be the last for now.",
    )
    return Plan(
        service=service.id,
        change=Capacity(read=after[0], write=after[1]),
        deltas=moved or (Delta(what="read capacity", before=str(before[0]), after=str(after[0])),),
        steps=(Step(call="dynamodb:UpdateTable", params=params, says=f"{after[0]} read, {after[1]} write"),)
        if moved
        else (),
        cautions=(
            *((few,) if is_down else ()),
            *_fights(service, scaled, after),
            *(_indexes(table, after) if after[1] > before[1] else ()),
        ),
        tier=RiskTier.R2,
        direction=Direction.SAME if not moved else Direction.DOWN if is_down else Direction.UP,
        fingerprint=_mark(table),
        goal={"capacity": list(after)},
        inverse=Capacity(read=before[0], write=before[1]) if moved else None,
        undo=f"Sets it back to {before[0]} read, {before[1]} write.",
    )


def plan_backup(
    service: Service, change: Backup, table: Json, taken: tuple[BackupFound, ...], now: datetime
) -> Plan:
    """An on-demand backup. Raises Refused."""
    _must_be_active(service, table)
    name = change.name or f"manual-backup-{now:%Y%m%d-%H%M%S}"
    if not _NAME.fullmatch(name):
        raise Refused(
            f"{shown(name)} is no name for a backup.", "Type 3 or more letters, digits, -, _ and dots."
        )
    if name in {one.id for one in taken}:
        raise Refused(f"There is a backup {shown(name)} already.", "Type another name, or none.")
    params: Json = {"TableName": str(table["TableName"]), "BackupName": name}
    return Plan(
        service=service.id,
        change=Backup(name=name),
        deltas=(Delta(what="backups", before=str(len(taken)), after=f"{len(taken) + 1}: {name}"),),
        steps=(Step(call="dynamodb:CreateBackup", params=params, says=f"take the backup {name}"),),
        tier=RiskTier.R1,
        fingerprint=_mark(table),
        goal={"backup": name},
        undo="Nothing to undo: a backup changes nothing.",
    )


def _must_be_active(service: Service, table: Json) -> None:
    if table["TableStatus"] != "ACTIVE":
        raise Refused(
            f"The table of {service.id} is {table['TableStatus']}, and takes no change until it is ACTIVE.",
            "Try again in a minute.",
        )


def _provisioned(table: Json) -> tuple[int, int]:
    found = cast(Json, table.get("ProvisionedThroughput") or {})
    return int(found.get("ReadCapacityUnits", 0)), int(found.get("WriteCapacityUnits", 0))


def _mark(table: Json) -> str:
    read, write = _provisioned(table)
    return fingerprint({"read": read, "write": write})


KIND = Kind("dynamodb", TableTarget, DynamoDb.build)
