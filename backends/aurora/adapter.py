"""The backend of kind `aurora`: health, failover, snapshots, restores beside."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

from backends.aurora.health import signs
from backends.aurora.plans import no_swap, plan_backup, plan_failover, plan_restore, plan_restore_at
from backends.aurora.snapshot import Snapshot
from backends.aurora.target import AuroraTarget, Json
from backends.aws import AwsBackend
from backends.aws_api import listed
from backends.aws_owners import tags_of, with_owner
from backends.backups import backup_progress, newest_first
from model.catalog.schema import Service
from model.changes import Backup, Change, Failover, Restart, Restore, Swap
from model.health import Health, worst
from model.plan import Plan, Progress, Step
from model.ports.backend import BackendError, Fault, Grant
from model.query_result import BackupFound
from model.refusal import Refused
from model.slash import slash

_OPERATIONS = {
    "rds:FailoverDBCluster": "failover_db_cluster",
    "rds:CreateDBClusterSnapshot": "create_db_cluster_snapshot",
    "rds:RestoreDBClusterFromSnapshot": "restore_db_cluster_from_snapshot",
    "rds:RestoreDBClusterToPointInTime": "restore_db_cluster_to_point_in_time",
    "rds:CreateDBInstance": "create_db_instance",
}
_FAILED = frozenset({"failed", "incompatible-restore", "incompatible-network", "incompatible-parameters"})
MOST_LOOKS = 1200
"""Looks for a restored cluster to be available before its instance is made: an hour at three seconds each."""

FRESH = timedelta(minutes=2)
"""For how long after a call RDS may still say what was before."""


class Aurora(AwsBackend):
    """A restore makes a cluster without instances, so its plan makes one too."""

    kind = "aurora"
    target = AuroraTarget

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """The cluster, what a restore makes, its snapshots; instances are listed by a filter: all of them."""
        target = AuroraTarget.of(service)
        own, new = target.arn(f"cluster:{target.cluster}"), target.arn(f"cluster:{target.restored}")
        snapshots, made = target.arn("cluster-snapshot:*"), target.arn(f"db:{target.restored_instance}")
        groups = (target.arn("subgrp:*"), target.arn("cluster-pg:*"), target.arn("og:*"))
        return (
            Grant(("rds:DescribeDBClusters",), (own, new)),
            Grant(("rds:DescribeDBInstances",), (target.arn("db:*"),)),
            Grant(("rds:DescribeDBClusterSnapshots",), (own, snapshots)),
            Grant(("rds:FailoverDBCluster",), (own, target.arn("db:*"))),
            Grant(("rds:CreateDBClusterSnapshot",), (own, snapshots)),
            Grant(("rds:RestoreDBClusterFromSnapshot",), (new, snapshots, *groups)),
            Grant(("rds:RestoreDBClusterToPointInTime",), (own, new, *groups)),
            Grant(("rds:CreateDBInstance",), (new, made, target.arn("pg:*"))),
            # to restore one with its tags is to tag it
            Grant(("rds:AddTagsToResource",), (new,)),
        )

    async def reach(self, service: Service) -> None:
        """DescribeDBClusters knows it. Raises BackendError."""
        target = AuroraTarget.of(service)
        await self._cluster(target, target.cluster)

    async def health(self, service: Service) -> Health:
        """The cluster, its writer and its readers. Raises BackendError."""
        found = signs(await self._seen(AuroraTarget.of(service)))
        verdict, reason = worst(found)
        return Health(service=service.id, verdict=verdict, reason=reason, signs=found)

    async def backups(self, service: Service) -> tuple[BackupFound, ...]:
        """The newest 50 snapshots of the cluster, manual and automated. Raises BackendError."""
        return (await self._snapshots(AuroraTarget.of(service)))[:50]

    async def _snapshots(self, target: AuroraTarget) -> tuple[BackupFound, ...]:
        ask = partial(self._api("rds").read, target, "describe_db_cluster_snapshots")
        found = await listed(ask, "DBClusterSnapshots", marker="Marker", DBClusterIdentifier=target.cluster)
        return newest_first(
            BackupFound(
                id=str(one["DBClusterSnapshotIdentifier"]),
                at=cast(datetime, one.get("SnapshotCreateTime") or self._clock()).isoformat(),
                status=str(one["Status"]),
                note=str(one.get("SnapshotType", "")),
            )
            for one in found
        )

    def accepts(self, change: Change) -> bool:
        """Failovers, snapshots, restores; restarts and swaps are refused with what to type."""
        return isinstance(change, Failover | Backup | Restore | Restart | Swap)

    async def plan(self, service: Service, change: Change) -> Plan:
        """Raises BackendError, Refused."""
        target = AuroraTarget.of(service)
        seen, backups = await asyncio.gather(self._seen(target), self._snapshots(target))
        plan = self._planned(service, change, seen, backups)
        return with_owner(plan, tags_of(cast(list[Json], seen.cluster.get("TagList") or [])))

    def _planned(
        self, service: Service, change: Change, seen: Snapshot, backups: tuple[BackupFound, ...]
    ) -> Plan:
        match change:
            case Failover():
                return plan_failover(service, change, seen)
            case Backup():
                return plan_backup(service, change, seen, backups, self._clock())
            case Restore(at=None):
                return plan_restore(service, change, seen, backups)
            case Restore():
                return plan_restore_at(service, change, seen)
            case Swap():
                raise no_swap(service, seen)
            case _:
                what = "A cluster is not restarted as a whole: the writer's part is taken over by a reader."
                raise Refused(what, "Type this instead:", (f"{slash('failover')} {service.id}",))

    async def fingerprint(self, service: Service) -> str:
        """Of the cluster's identity, its members, and who writes."""
        return (await self._seen(AuroraTarget.of(service))).mark

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call; an instance is made only once its cluster is available. Raises BackendError."""
        target, params = AuroraTarget.of(service), cast(dict[str, Any], step.params)
        if step.call == "rds:CreateDBInstance":
            await self._until_available(target, str(params["DBClusterIdentifier"]))
        await self._api("rds").change(target, _OPERATIONS[step.call], **params)

    async def _until_available(self, target: AuroraTarget, name: str) -> None:
        for _ in range(MOST_LOOKS):
            found = await self._find(target, name)
            status = "creating" if found is None else str(found["Status"])
            if status == "available":
                return
            if status in _FAILED:
                raise BackendError(Fault.FAILED, f"{name} is {status}.", "Look at it in the RDS console.")
            await self._sleep(self._poll_s)
        raise BackendError(Fault.FAILED, f"{name} is still not available.", "Make its instance by hand.")

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """What the step makes is there. Raises BackendError."""
        target, params = AuroraTarget.of(service), cast(dict[str, Any], step.params)
        match step.call:
            case "rds:CreateDBClusterSnapshot":
                taken = {one.id for one in await self._snapshots(target)}
                return params["DBClusterSnapshotIdentifier"] in taken
            case "rds:FailoverDBCluster":
                seen = await self._seen(target)
                return seen.writer == params["TargetDBInstanceIdentifier"] or seen.status == "failing-over"
            case "rds:CreateDBInstance":
                made = await self._instances(target, str(params["DBClusterIdentifier"]))
                return params["DBInstanceIdentifier"] in made
            case _:
                return await self._find(target, str(params["DBClusterIdentifier"])) is not None

    def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until the other writes, the snapshot is there, or the restored cluster can be used."""
        return self._until_over(lambda: self._progress(service, plan, since))

    async def _progress(self, service: Service, plan: Plan, since: datetime) -> Progress:
        target, goal = AuroraTarget.of(service), cast(dict[str, Any], plan.goal)
        is_fresh = self._clock() < since + FRESH
        if "snapshot" in goal:
            return backup_progress(str(goal["snapshot"]), await self._snapshots(target), is_fresh)
        if "instance" in goal:
            return await self._restored(target, goal)
        seen = await self._seen(target)
        said = f"{target.cluster} is {seen.status}; {seen.writer or 'nobody'} writes."
        if seen.status == "available" and seen.writer == goal["writer"]:
            return Progress(ok=True, last_event=said)
        if seen.status == "available" and (seen.writer != goal["from"] or not is_fresh):
            return Progress(
                ok=False, last_event=said, why=f"{seen.writer or 'Nobody'} writes, and not the one asked for."
            )
        return Progress(wanted=1, starting=1, last_event=said)

    async def _restored(self, target: AuroraTarget, goal: dict[str, Any]) -> Progress:
        name = str(goal["instance"])
        made = (await self._instances(target, str(goal["cluster"]))).get(name)
        status = "missing" if made is None else str(made["DBInstanceStatus"])
        said = f"{name} is {status}."
        if status in _FAILED:
            return Progress(ok=False, failed=1, last_event=said, why=said)
        is_done = status == "available"
        return Progress(wanted=1, running=int(is_done), last_event=said, ok=True if is_done else None)

    async def _seen(self, target: AuroraTarget) -> Snapshot:
        cluster, instances, restored = await asyncio.gather(
            self._cluster(target, target.cluster),
            self._instances(target, target.cluster),
            self._find(target, target.restored),
        )
        return Snapshot(target, cluster, instances, restored is not None)

    async def _instances(self, target: AuroraTarget, cluster: str) -> dict[str, Json]:
        ask = partial(self._api("rds").read, target, "describe_db_instances")
        only = [{"Name": "db-cluster-id", "Values": [cluster]}]
        found = await listed(ask, "DBInstances", marker="Marker", Filters=only)
        return {str(one["DBInstanceIdentifier"]): one for one in found}

    async def _find(self, target: AuroraTarget, name: str) -> Json | None:
        try:
            return await self._cluster(target, name)
        except BackendError as error:
            if error.fault is Fault.NOT_FOUND:
                return None
            raise

    async def _cluster(self, target: AuroraTarget, name: str) -> Json:
        answer = await self._api("rds").read(target, "describe_db_clusters", DBClusterIdentifier=name)
        return cast(Json, answer["DBClusters"][0])
