"""What a change of a table would do, from what was read of it: pure."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from backends.aws_scaling import Autoscaling
from backends.dynamodb.target import Json, TableTarget
from model.catalog.schema import Service
from model.changes import Backup, Capacity, Restore
from model.language.near import shown
from model.plan import Delta, Direction, Plan, RiskTier, Step, Warning, fingerprint
from model.query_result import BackupFound
from model.refusal import Refused
from model.slash import slash

_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
"""What DynamoDB takes as the name of a backup (API reference, CreateBackup)."""

FREE_DECREASES = 4
"""How many decreases a day DynamoDB takes whenever they are asked for (its quotas)."""

TAKES = timedelta(hours=4)
"""How long a restore may well take; tables with much data or many indexes take hours."""

NOT_CARRIED = (
    "auto scaling",
    "IAM policies",
    "alarms",
    "tags",
    "streams",
    "time to live (TTL)",
    "point-in-time recovery",
    "deletion protection",
)
"""What a restored table has to be given by hand (Amazon DynamoDB Developer Guide, restoring a table)."""


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
    before = provisioned(table)
    if before == (0, 0):
        raise Refused(
            f"{service.id} is billed on demand: it has no capacity to set.",
            f"Look with {slash('metrics')} {service.id}; throttles of such "
            "a table are limits of the account.",
        )
    must_be_active(service, table)
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
        fingerprint=mark(table),
        goal={"capacity": list(after)},
        inverse=Capacity(read=before[0], write=before[1]) if moved else None,
        undo=f"Sets it back to {before[0]} read, {before[1]} write.",
    )


def plan_backup(
    service: Service, change: Backup, table: Json, taken: tuple[BackupFound, ...], now: datetime
) -> Plan:
    """An on-demand backup. Raises Refused."""
    must_be_active(service, table)
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
        fingerprint=mark(table),
        goal={"backup": name},
        undo="Nothing to undo: a backup changes nothing.",
    )


def must_be_active(service: Service, table: Json) -> None:
    """Raises Refused while something is done to the table."""
    if table["TableStatus"] != "ACTIVE":
        raise Refused(
            f"The table of {service.id} is {table['TableStatus']}, and takes no change until it is ACTIVE.",
            "Try again in a minute.",
        )


def provisioned(table: Json) -> tuple[int, int]:
    """Read and write units a second; (0, 0) for a table that is billed on demand."""
    found = cast(Json, table.get("ProvisionedThroughput") or {})
    return int(found.get("ReadCapacityUnits", 0)), int(found.get("WriteCapacityUnits", 0))


def mark(table: Json) -> str:
    """The fingerprint of what plans depend on."""
    read, write = provisioned(table)
    return fingerprint({"read": read, "write": write})


def plan_restore_at(
    service: Service, change: Restore, table: Json, recovery: Json, others: Sequence[str]
) -> Plan:
    """The data of a moment, in a new table beside the one in use. Raises Refused.

    recovery: PointInTimeRecoveryDescription of DescribeContinuousBackups. others: names that are taken.
    """
    target, at = TableTarget.of(service), change.at
    must_be_active(service, table)
    if at is None:
        raise Refused(
            "Backups of a table are not restored from here; the data of a moment is.",
            "Type the moment, in UTC:",
            (f"{slash('restore')} {service.id} at=14:00",),
        )
    _must_reach(service, at, recovery)
    if target.restored in others:
        raise Refused(
            f"There is a table {target.restored} already, from a restore before.",
            "Whoever looks after the table has to delete it first.",
        )
    to = f"{at:%Y-%m-%d %H:%M} UTC"
    latest = cast(datetime, recovery["LatestRestorableDateTime"])
    params: Json = {
        "SourceTableName": target.table,
        "TargetTableName": target.restored,
        "RestoreDateTime": at.isoformat(),
    }
    says = f"restore {target.table} as it was at {to} into the new table {target.restored}"
    return Plan(
        service=service.id,
        change=change,
        deltas=(Delta(what=f"table {target.restored}", before="none", after=f"the data of {to}"),),
        steps=(Step(call="dynamodb:RestoreTableToPointInTime", params=params, says=says),),
        cautions=(*_beside(service, latest), _not_carried(target)),
        tier=RiskTier.R3,
        fingerprint=mark(table),
        takes=TAKES,
        goal={"restored": target.restored},
        undo=f"Nothing to undo: {target.table} is not touched.",
    )


def _must_reach(service: Service, at: datetime, recovery: Json) -> None:
    """Raises Refused for a moment that the table cannot go to."""
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        raise Refused(
            f"Point-in-time recovery of {service.id} is off, so it cannot go to a moment.",
            f"Its backups are in {slash('history')} {service.id}; AWS restores them in the console.",
        )
    earliest = cast(datetime, recovery["EarliestRestorableDateTime"])
    latest = cast(datetime, recovery["LatestRestorableDateTime"])
    if earliest <= at <= latest:
        return
    is_late = at > latest
    said = f"latest moment that {service.id} can go to is {latest:%H:%M} UTC"
    if not is_late:
        said = f"earliest moment that {service.id} can go to is {earliest:%Y-%m-%d %H:%M} UTC"
    near = latest if is_late else earliest + timedelta(minutes=1)
    raise Refused(f"The {said}.", "Type:", (f"{slash('restore')} {service.id} at={near:%Y-%m-%dT%H:%M}",))


def _beside(service: Service, latest: datetime) -> tuple[Warning, ...]:
    target = TableTarget.of(service)
    text = f"{target.table} stays in use; a table cannot be renamed, so whoever is to read {target.restored} "
    text += "has to be told its name."
    note = f"The latest moment it could go to is {latest:%Y-%m-%d %H:%M} UTC."
    return (
        Warning(level="note", code="beside", text=text),
        Warning(level="note", code="latest", text=note),
    )


def _not_carried(target: TableTarget) -> Warning:
    text = f"{target.restored} will not have: {', '.join(NOT_CARRIED)}."
    instead = "Set up what matters before anybody uses it."
    return Warning(level="warn", code="not-carried", text=text, instead=instead)
