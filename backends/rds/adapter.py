"""The backend of kind `rds`: snapshots, restores beside, swaps, classes and read replicas."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from backends.aws import AwsBackend
from backends.aws_api import listed
from backends.aws_owners import tags_of, with_owner
from backends.backups import backup_progress, newest_first
from backends.rds.failover import CALL as REBOOT
from backends.rds.failover import failover_progress, plan_failover
from backends.rds.health import half_swapped, signs
from backends.rds.plans import (
    Snapshot,
    plan_backup,
    plan_class,
    plan_replicas,
    plan_restore,
    plan_restore_at,
    plan_swap,
)
from backends.rds.target import Json, RdsTarget
from model.catalog.schema import Service
from model.changes import Backup, Change, Failover, InstanceClass, Replicas, Restore, Swap
from model.health import Health, worst
from model.plan import Plan, Progress, Step
from model.ports.backend import BackendError, Fault, Grant
from model.query_result import BackupFound
from model.refusal import Refused
from model.slash import slash

_OPERATIONS = {
    "rds:CreateDBSnapshot": "create_db_snapshot",
    "rds:RestoreDBInstanceFromDBSnapshot": "restore_db_instance_from_db_snapshot",
    "rds:RestoreDBInstanceToPointInTime": "restore_db_instance_to_point_in_time",
    "rds:CreateDBInstanceReadReplica": "create_db_instance_read_replica",
    "rds:ModifyDBInstance": "modify_db_instance",
    REBOOT: "reboot_db_instance",
}
_FAILED = frozenset({"failed", "incompatible-restore", "incompatible-network", "incompatible-parameters"})
RENAMES = 200
"""Looks for a rename to be through before the name is given away again."""

FRESH = timedelta(seconds=30)
"""For how long after a call RDS may still say what was before."""


SWITCHES = timedelta(minutes=5)
"""For how long after a failover RDS may still name the zone of before."""


class Rds(AwsBackend):
    """Restores go beside the instance, and are swapped in by two renames."""

    kind = "rds"
    target = RdsTarget

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """The instance, what restores and swaps make of it, its snapshots; EC2 lists have no resources."""
        target = RdsTarget.of(service)
        instances = (target.arn(f"db:{target.instance}"), target.arn(f"db:{target.instance}-*"))
        snapshots = (target.arn("snapshot:*"),)
        groups = (target.arn("subgrp:*"), target.arn("pg:*"), target.arn("og:*"))
        return (
            Grant(("rds:CreateDBSnapshot",), (*instances, *snapshots)),
            Grant(("rds:RestoreDBInstanceFromDBSnapshot",), (*instances, *snapshots, *groups)),
            Grant(("rds:RestoreDBInstanceToPointInTime",), (*instances, *groups)),
            # to restore one with its tags is to tag it
            Grant(("rds:AddTagsToResource",), instances),
            Grant(("rds:CreateDBInstanceReadReplica",), (*instances, *groups)),
            Grant(("rds:ModifyDBInstance",), instances),
            Grant((REBOOT,), instances[:1]),
            Grant(("rds:DescribeDBInstances", "rds:DescribeDBSnapshots"), (*instances, *snapshots)),
            Grant(("ec2:DescribeSecurityGroups", "rds:DescribeOrderableDBInstanceOptions")),
        )

    async def reach(self, service: Service) -> None:
        """DescribeDBInstances knows it. Raises BackendError."""
        await self._instance(RdsTarget.of(service), RdsTarget.of(service).instance)

    async def health(self, service: Service) -> Health:
        """Status, pending changes and security groups. Raises BackendError."""
        target = RdsTarget.of(service)
        instance = await self._find(target, target.instance)
        if instance is None:
            seen = await self._seen(target)
            if seen.is_half_swapped:
                return half_swapped(service, seen)
            instance = seen.instance  # the second rename came through between the two looks
        attached = cast(list[Json], instance.get("VpcSecurityGroups") or [])
        ids = [str(one["VpcSecurityGroupId"]) for one in attached]
        groups: list[Json] = []
        if ids:
            answer = await self._api("ec2").read(target, "describe_security_groups", GroupIds=ids)
            groups = cast(list[Json], answer["SecurityGroups"])
        found = signs(instance, groups)
        verdict, reason = worst(found)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=found)

    async def backups(self, service: Service) -> tuple[BackupFound, ...]:
        """The newest 50 snapshots of the instance, manual and automated. Raises BackendError."""
        return (await self._snapshots(RdsTarget.of(service)))[:50]

    async def _snapshots(self, target: RdsTarget) -> tuple[BackupFound, ...]:
        ask = partial(self._api("rds").read, target, "describe_db_snapshots")
        found = await listed(ask, "DBSnapshots", marker="Marker", DBInstanceIdentifier=target.instance)
        return newest_first(
            BackupFound(
                id=str(one["DBSnapshotIdentifier"]),
                at=cast(datetime, one.get("SnapshotCreateTime") or self._clock()).isoformat(),
                status=str(one["Status"]),
                note=str(one.get("SnapshotType", "")),
            )
            for one in found
        )

    def accepts(self, change: Change) -> bool:
        """Snapshots, restores, swaps, classes, replicas, failovers."""
        return isinstance(change, Backup | Restore | Swap | InstanceClass | Replicas | Failover)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError, Refused."""
        target = RdsTarget.of(service)
        seen, backups = await asyncio.gather(self._seen(target), self._snapshots(target))
        plan = await self._planned(service, change, seen, backups)
        return with_owner(plan, tags_of(cast(list[Json], seen.instance.get("TagList") or [])))

    async def _planned(
        self, service: Service, change: Change, seen: Snapshot, backups: tuple[BackupFound, ...]
    ) -> Plan:
        target = RdsTarget.of(service)
        match change:
            case Backup():
                return plan_backup(service, change, seen, backups, self._clock())
            case Restore():
                if change.at is not None:
                    return plan_restore_at(service, change, seen)
                return plan_restore(service, change, seen, backups)
            case Swap():
                return plan_swap(service, change, seen)
            case InstanceClass():
                orderable = await self._orderable(target, seen.instance)
                return plan_class(service, change, seen, backups, orderable, self._clock())
            case Replicas():
                return plan_replicas(service, change, seen)
            case Failover():
                return plan_failover(service, change, seen)
            case _:
                raise Refused(
                    f"{service.id} has no {change.kind}.", f"Look with {slash('health')} {service.id}."
                )

    async def _orderable(self, target: RdsTarget, instance: Json) -> tuple[str, ...]:
        """The classes of the instance's own engine and version; of all versions there are thousands."""
        engine = {"Engine": instance["Engine"], "EngineVersion": instance["EngineVersion"]}
        ask = partial(self._api("rds").read, target, "describe_orderable_db_instance_options")
        found = await listed(ask, "OrderableDBInstanceOptions", marker="Marker", Vpc=True, **engine)
        return tuple({str(one["DBInstanceClass"]): None for one in found})

    async def fingerprint(self, service: Service) -> str:
        """Of the class, the instance's own identity and the instances beside it."""
        return (await self._seen(RdsTarget.of(service))).mark

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call; a name is given away only once the one who has it is renamed. Raises BackendError."""
        target, params = RdsTarget.of(service), cast(dict[str, Any], step.params)
        if new := params.get("NewDBInstanceIdentifier"):
            await self._until_free(target, str(new))
        await self._api("rds").change(target, _OPERATIONS[step.call], **params)

    async def _until_free(self, target: RdsTarget, name: str) -> None:
        for _ in range(RENAMES):
            if await self._find(target, name) is None:
                return
            await self._sleep(self._poll_s)
        what = f"{name} is still taken; the rename before is not through."
        raise BackendError(Fault.CONFLICT, what, "Look at the instances, then type the command again.")

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """What the step makes is there. Raises BackendError."""
        target, params = RdsTarget.of(service), cast(dict[str, Any], step.params)
        if snapshot := params.get("DBSnapshotIdentifier") if step.call == "rds:CreateDBSnapshot" else None:
            return str(snapshot) in {one.id for one in await self._snapshots(target)}
        made = params.get("TargetDBInstanceIdentifier") or params["DBInstanceIdentifier"]
        if step.call == REBOOT:
            found = await self._find(target, str(made))
            return True if found is not None and found["DBInstanceStatus"] == "rebooting" else None
        found = await self._find(target, str(made))
        if new := params.get("NewDBInstanceIdentifier"):
            if found is not None:
                return found["DBInstanceStatus"] == "renaming"
            return await self._find(target, str(new)) is not None
        if step.call != "rds:ModifyDBInstance" or found is None:
            return found is not None
        pending = cast(Json, found.get("PendingModifiedValues") or {})
        return params["DBInstanceClass"] in {found["DBInstanceClass"], pending.get("DBInstanceClass")}

    def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until the snapshot or the instances are available, or fail."""
        return self._until_over(lambda: self._progress(service, plan, since))

    async def _progress(self, service: Service, plan: Plan, since: datetime) -> Progress:
        target, goal = RdsTarget.of(service), cast(dict[str, Any], plan.goal)
        if "snapshot" in goal:
            is_fresh = self._clock() < since + FRESH
            return backup_progress(str(goal["snapshot"]), await self._snapshots(target), is_fresh)
        if "zone" in goal:
            instance = await self._find(target, target.instance)
            return failover_progress(goal, instance, self._clock() < since + SWITCHES)
        names = cast(list[str], goal["available"])
        found = {name: await self._find(target, name) for name in names}
        states = {
            name: "missing" if one is None else str(one["DBInstanceStatus"]) for name, one in found.items()
        }
        for name, status in states.items():
            if status in _FAILED:
                return Progress(ok=False, failed=1, why=f"{name} is {status}.")
        well = [name for name, status in states.items() if status == "available"]
        said = ", ".join(f"{name}: {status}" for name, status in states.items())
        is_done = len(well) == len(names)
        if "class" in goal and is_done:
            klass = str((found[names[0]] or {}).get("DBInstanceClass"))
            is_done = klass == goal["class"]
            if not is_done and self._clock() >= since + FRESH:
                return Progress(ok=False, why=f"It is {klass}; something else set that.")
        return Progress(wanted=len(names), running=len(well), last_event=said, ok=True if is_done else None)

    async def _seen(self, target: RdsTarget) -> Snapshot:
        names = (target.instance, target.restored, target.old)
        found = await asyncio.gather(*(self._find(target, name) for name in names))
        there = {name: one for name, one in zip(names, found, strict=True) if one is not None}
        instance = there.pop(target.instance, None)
        if instance is None and {target.restored, target.old} <= there.keys():
            instance = there.pop(target.old)
        return Snapshot(target, instance or await self._instance(target, target.instance), there)

    async def _find(self, target: RdsTarget, name: str) -> Json | None:
        try:
            return await self._instance(target, name)
        except BackendError as error:
            if error.fault is Fault.NOT_FOUND:
                return None
            raise

    async def _instance(self, target: RdsTarget, name: str) -> Json:
        answer = await self._api("rds").read(target, "describe_db_instances", DBInstanceIdentifier=name)
        return cast(Json, answer["DBInstances"][0])
