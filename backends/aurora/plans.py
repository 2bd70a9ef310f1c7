"""What a change of a cluster would do, from what was read of it: pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backends.aurora.settings import differing, given, instance_given
from backends.aurora.snapshot import Snapshot
from backends.aurora.target import Json
from backends.backups import snapshot_name, snapshot_of
from model.catalog.schema import Service
from model.changes import Backup, Failover, Restore
from model.language.near import nearest, shown
from model.plan import Delta, Plan, RiskTier, Step, Warning
from model.query_result import BackupFound
from model.refusal import Refused
from model.slash import slash

TAKES = timedelta(hours=4)
"""How long a snapshot or a restore may well take."""


def plan_failover(service: Service, change: Failover, seen: Snapshot) -> Plan:
    """A reader becomes the writer. Raises Refused where there is none, or not that one."""
    seen.must_be_available(service)
    to = change.to or _preferred(service, seen)
    if to != seen.writer and to not in seen.readers:
        near = nearest(to, seen.readers) or seen.readers[:3]
        raise Refused(
            f"{service.id} has no instance {shown(to)}.",
            "It can go to:" if near else "It has no reader that could take over.",
            tuple(f"{slash('failover')} {service.id} to={one}" for one in near),
        )
    if to != seen.writer and seen.status_of(to) != "available":
        raise Refused(
            f"{to} is {seen.status_of(to)}, so it cannot take over.", f"{slash('health')} {service.id}"
        )
    params = {"DBClusterIdentifier": seen.where.cluster, "TargetDBInstanceIdentifier": to}
    step = Step(call="rds:FailoverDBCluster", params=dict(params), says=f"make {to} the writer")
    is_same = to == seen.writer
    return Plan(
        service=service.id,
        change=Failover(to=to),
        deltas=(Delta(what="writer", before=seen.writer or "none", after=to),),
        steps=() if is_same else (step,),
        cautions=() if is_same else (_cuts(), *_smaller(seen, to)),
        tier=RiskTier.R2,
        fingerprint=seen.mark,
        goal={"writer": to, "from": seen.writer},
        inverse=None if is_same or not seen.writer else Failover(to=seen.writer),
        undo=f"Makes {seen.writer} the writer again, with another cut.",
    )


def _preferred(service: Service, seen: Snapshot) -> str:
    """The reader that Aurora prefers, of those that are available. Raises Refused without one."""
    ready = [name for name in seen.readers if seen.status_of(name) == "available"]
    if not ready:
        what = "has no reader" if not seen.readers else "has no reader that is available"
        raise Refused(
            f"{seen.where.cluster} {what}, so nobody can take over.",
            "Add a reader to the cluster first; without one Aurora makes a new writer, which takes minutes.",
        )
    return ready[0]


def _cuts() -> Warning:
    text = (
        "Connections to the writer are cut and writes fail until the other writes: by AWS's own figure less "
        "than 35 s. Clients that use an instance's own endpoint have to move by hand."
    )
    return Warning(level="warn", code="cuts-connections", text=text)


def _smaller(seen: Snapshot, to: str) -> tuple[Warning, ...]:
    before, after = seen.class_of(seen.writer), seen.class_of(to)
    if before == after:
        return ()
    text = f"{to} is {after}, and {seen.writer} {before}: it may not carry the same load."
    return (Warning(level="warn", code="other-class", text=text),)


def plan_backup(
    service: Service, change: Backup, seen: Snapshot, backups: Sequence[BackupFound], now: datetime
) -> Plan:
    """A manual snapshot of the cluster. Raises Refused for a name that is taken or cannot be one."""
    seen.must_be_available(service)
    name = snapshot_name(change, seen.where.cluster, backups, now)
    params = {"DBClusterIdentifier": seen.where.cluster, "DBClusterSnapshotIdentifier": name}
    return Plan(
        service=service.id,
        change=Backup(name=name),
        deltas=(Delta(what="snapshots", before=str(len(backups)), after=f"{len(backups) + 1}: {name}"),),
        steps=(
            Step(call="rds:CreateDBClusterSnapshot", params=dict(params), says=f"take the snapshot {name}"),
        ),
        tier=RiskTier.R1,
        fingerprint=seen.mark,
        takes=TAKES,
        goal={"snapshot": name},
        undo="Nothing to undo: a snapshot changes nothing.",
    )


def plan_restore(service: Service, change: Restore, seen: Snapshot, backups: Sequence[BackupFound]) -> Plan:
    """A snapshot into a cluster beside the one in use. Raises Refused."""
    found = snapshot_of(service, change, backups)
    params: Json = {
        "DBClusterIdentifier": seen.where.restored,
        "SnapshotIdentifier": found.id,
        "Engine": seen.cluster["Engine"],
        **given(seen.cluster),
    }
    call = "rds:RestoreDBClusterFromSnapshot"
    says = f"restore {found.id} into the new cluster {seen.where.restored}"
    return _beside(service, change, seen, Step(call=call, params=params, says=says), found.id)


def plan_restore_at(service: Service, change: Restore, seen: Snapshot) -> Plan:
    """The data as it was at a moment, into a cluster beside the one in use. Raises Refused."""
    where, at = seen.where, change.at
    assert at is not None
    bounds = (seen.cluster.get("EarliestRestorableTime"), seen.cluster.get("LatestRestorableTime"))
    if (bounds[0] and at < bounds[0]) or (bounds[1] and at > bounds[1]):
        said = f"from {bounds[0]:%Y-%m-%d %H:%M} to {bounds[1]:%Y-%m-%d %H:%M} UTC"
        raise Refused(
            f"{where.cluster} can go to moments {said}.",
            "The latest:",
            (f"{slash('restore')} {service.id} at={bounds[1]:%Y-%m-%dT%H:%M}",),
        )
    to = f"{at:%Y-%m-%d %H:%M} UTC"
    params: Json = {
        "DBClusterIdentifier": where.restored,
        "SourceDBClusterIdentifier": where.cluster,
        "RestoreToTime": at.isoformat(),
        **given(seen.cluster),
    }
    says = f"restore {where.cluster} as it was at {to} into the new cluster {where.restored}"
    step = Step(call="rds:RestoreDBClusterToPointInTime", params=params, says=says)
    return _beside(service, change, seen, step, to)


def _beside(service: Service, change: Restore, seen: Snapshot, step: Step, of: str) -> Plan:
    """The cluster, and the instance without which nobody could read it. of: what it holds, in words."""
    where, klass = seen.where, seen.class_of(seen.writer)
    if seen.has_restored:
        raise Refused(
            f"There is a cluster {where.restored} already, from a restore before.",
            "A database administrator has to rename or delete it first.",
        )
    params: Json = {
        "DBInstanceIdentifier": where.restored_instance,
        "DBClusterIdentifier": where.restored,
        "DBInstanceClass": klass,
        "Engine": seen.cluster["Engine"],
        **instance_given(seen.instances.get(seen.writer, {})),
    }
    says = f"make its instance {where.restored_instance}, {klass}, once the cluster is available"
    create = Step(call="rds:CreateDBInstance", params=params, says=says)
    text = (
        f"{where.cluster} stays in use, and nothing is swapped by itself: the restored cluster has endpoints "
        "of its own, to which applications are pointed by hand."
    )
    beside = Warning(level="note", code="beside", text=text)
    return Plan(
        service=service.id,
        change=change,
        deltas=(Delta(what=f"cluster {where.restored}", before="none", after=f"1 × {klass}, {of}"),),
        steps=(step, create),
        cautions=(*differing(seen), beside),
        tier=RiskTier.R3,
        fingerprint=seen.mark,
        takes=TAKES,
        goal={"cluster": where.restored, "instance": where.restored_instance},
        undo=f"Nothing to undo: {where.cluster} is not touched.",
    )


def no_swap(service: Service, seen: Snapshot) -> Refused:
    """Why a restored cluster is not swapped in."""
    return Refused(
        f"Muster does not swap Aurora clusters: applications are pointed to {seen.where.restored} instead.",
        "Its endpoint is in the RDS console. To have the old name, a database administrator renames both "
        "clusters, which changes every endpoint for minutes.",
    )
