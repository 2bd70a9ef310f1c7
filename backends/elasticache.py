"""Amazon ElastiCache: how a cluster is, and snapshots of it."""

import asyncio
import re
from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal, cast

from pydantic import Field

from backends.aws import AwsBackend, AwsTarget
from backends.aws_api import listed
from backends.backups import backup_progress, newest_first
from backends.shared import Kind
from model.catalog.schema import Service
from model.changes import Backup, Change
from model.health import Check, Health, Verdict, worst
from model.language.near import shown
from model.plan import Delta, Plan, Progress, RiskTier, Step, Warning, fingerprint
from model.ports.backend import BackendError, Fault, Grant
from model.query_result import BackupFound
from model.refusal import Refused

Json = dict[str, Any]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
"""What ElastiCache takes as the name of a snapshot (API reference, CreateSnapshot)."""

TAKES = timedelta(hours=2)
"""How long a snapshot may well take."""

FRESH = timedelta(seconds=30)
"""For how long after a call lists may still say what was before."""


class ElastiCacheTarget(AwsTarget):
    """A cluster by its id."""

    kind: Literal["elasticache"] = "elasticache"  # pyright: ignore[reportIncompatibleVariableOverride]  # the model is frozen
    cluster: str = Field(description="the cluster's id")


class ElastiCache(AwsBackend):
    """Changes, and watches until the list of what there is says so."""

    kind = "elasticache"
    target = ElastiCacheTarget

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """The cluster and its snapshots."""
        target = ElastiCacheTarget.of(service)
        cluster, snapshots = (
            target.arn_of("elasticache", rest) for rest in (f"cluster:{target.cluster}", "snapshot:*")
        )
        return (
            Grant(("elasticache:CreateSnapshot",), (cluster, snapshots)),
            Grant(
                ("elasticache:DescribeCacheClusters", "elasticache:DescribeSnapshots"), (cluster, snapshots)
            ),
        )

    async def reach(self, service: Service) -> None:
        """DescribeCacheClusters knows it. Raises BackendError."""
        await self._cluster(ElastiCacheTarget.of(service))

    async def health(self, service: Service) -> Health:
        """The cluster's status. Raises BackendError."""
        found = await self._cluster(ElastiCacheTarget.of(service))
        status = str(found["CacheClusterStatus"])
        is_well = status in {"available", "snapshotting"}
        size = f"{found['CacheNodeType']}, {found['Engine']} {found['EngineVersion']}"
        sign = Check(
            name="cluster",
            value=f"{status}, {size}",
            verdict=Verdict.OK if is_well else Verdict.DEGRADED,
            why="" if is_well else f"{ElastiCacheTarget.of(service).cluster} is {status}",
        )
        verdict, reason = worst((sign,))
        return Health(service=service.id, verdict=verdict, reason=reason, signs=(sign,))

    async def backups(self, service: Service) -> tuple[BackupFound, ...]:
        """Its newest 50 snapshots. Raises BackendError."""
        return (await self._snapshots(ElastiCacheTarget.of(service)))[:50]

    async def _snapshots(self, target: ElastiCacheTarget) -> tuple[BackupFound, ...]:
        ask = partial(self._api("elasticache").read, target, "describe_snapshots")
        found = await listed(ask, "Snapshots", marker="Marker", CacheClusterId=target.cluster)
        return newest_first(
            BackupFound(
                id=str(one["SnapshotName"]),
                at=cast(datetime, one["NodeSnapshots"][0]["SnapshotCreateTime"]).isoformat()
                if one.get("NodeSnapshots")
                else "",
                status=str(one["SnapshotStatus"]),
                note=str(one.get("SnapshotSource", "")),
            )
            for one in found
        )

    def accepts(self, change: Change) -> bool:
        """Snapshots."""
        return isinstance(change, Backup)

    async def plan(self, service: Service, change: Change) -> Plan:
        """A manual snapshot. Raises BackendError, Refused."""
        assert isinstance(change, Backup)
        target = ElastiCacheTarget.of(service)
        cluster, taken = await asyncio.gather(self._cluster(target), self._snapshots(target))
        if cluster["CacheClusterStatus"] != "available":
            raise Refused(
                f"{target.cluster} is {cluster['CacheClusterStatus']}; snapshots need it available.",
                "Try again in a few minutes.",
            )
        name = change.name or f"{target.cluster}-{self._clock():%Y%m%d-%H%M%S}"
        if not _NAME.fullmatch(name) or "--" in name or name.endswith("-"):
            raise Refused(
                f"{shown(name)} is no name for a snapshot.",
                "Type up to 40 letters, digits and single dashes.",
            )
        if name in {one.id for one in taken}:
            raise Refused(f"There is a snapshot {shown(name)} already.", "Type another name, or none.")
        params = {"CacheClusterId": target.cluster, "SnapshotName": name}
        manual = Warning(
            level="note",
            code="manual",
            text="None is taken by itself here; taking one makes it busy.",
        )
        return Plan(
            service=service.id,
            change=Backup(name=name),
            deltas=(Delta(what="snapshots", before=str(len(taken)), after=f"{len(taken) + 1}: {name}"),),
            steps=(
                Step(
                    call="elasticache:CreateSnapshot", params=dict(params), says=f"take the snapshot {name}"
                ),
            ),
            cautions=() if cluster.get("SnapshotRetentionLimit") else (manual,),
            tier=RiskTier.R1,
            fingerprint=_mark(cluster),
            takes=TAKES,
            goal={"snapshot": name},
            undo="Nothing to undo: a snapshot changes nothing.",
        )

    async def fingerprint(self, service: Service) -> str:
        """Of the node type and engine."""
        return _mark(await self._cluster(ElastiCacheTarget.of(service)))

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """One call. Raises BackendError."""
        target = ElastiCacheTarget.of(service)
        await self._api("elasticache").change(target, "create_snapshot", **step.params)

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """Whether the snapshot is there."""
        return step.params["SnapshotName"] in {
            one.id for one in await self._snapshots(ElastiCacheTarget.of(service))
        }

    def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncGenerator[Progress]:
        """Until the snapshot is available."""
        return self._until_over(
            lambda: self._progress(ElastiCacheTarget.of(service), str(plan.goal["snapshot"]), since)
        )

    async def _progress(self, target: ElastiCacheTarget, name: str, since: datetime) -> Progress:
        is_fresh = self._clock() < since + FRESH
        return backup_progress(name, await self._snapshots(target), is_fresh)

    async def _cluster(self, target: ElastiCacheTarget) -> Json:
        answer = await self._api("elasticache").read(
            target, "describe_cache_clusters", CacheClusterId=target.cluster
        )
        found = cast(list[Json], answer["CacheClusters"])
        if not found:
            what = f"There is no cache cluster {target.cluster}."
            raise BackendError(Fault.NOT_FOUND, what, "Check the name in the catalog.")
        return found[0]


def _mark(cluster: Json) -> str:
    state = {"type": str(cluster["CacheNodeType"]), "engine": str(cluster["EngineVersion"])}
    return fingerprint(dict(state))


KIND = Kind("elasticache", ElastiCacheTarget, ElastiCache.build)
