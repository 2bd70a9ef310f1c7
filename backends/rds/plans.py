"""What a change of a database instance would do, from what was read of it: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backends.backups import snapshot_name, snapshot_of
from backends.rds.settings import differing, given, missing
from backends.rds.target import Json, RdsTarget
from model.catalog.schema import Service
from model.changes import Amount, Backup, InstanceClass, Replicas, Restore, Swap
from model.language.near import nearest, shown
from model.plan import Delta, Direction, Plan, RiskTier, Step, Warning, fingerprint
from model.query_result import BackupFound
from model.refusal import Refused
from model.slash import slash

FRESH = timedelta(hours=24)
"""How old the newest snapshot may be before the class is changed."""

TAKES = timedelta(hours=4)
"""How long a snapshot, a restore or another class may well take; a large instance takes hours."""


@dataclass(frozen=True)
class Snapshot:
    """The instance, and the others that its changes make, by identifier.

    After only the first rename of a swap, `instance` is the one that has been in use, as `-old`.
    """

    where: RdsTarget
    instance: Json
    others: Mapping[str, Json]

    @property
    def is_half_swapped(self) -> bool:
        """Whether nothing has the name: one rename is through, and the other is not."""
        return self.instance["DBInstanceIdentifier"] != self.where.instance

    @property
    def klass(self) -> str:
        """Its class."""
        return str(self.instance["DBInstanceClass"])

    @property
    def replicas(self) -> tuple[str, ...]:
        """Its read replicas."""
        return tuple(sorted(self.instance.get("ReadReplicaDBInstanceIdentifiers") or []))

    @property
    def mark(self) -> str:
        """The fingerprint of what plans depend on."""
        names = ",".join(sorted((*self.others, *self.replicas)))
        return fingerprint({"class": self.klass, "arn": str(self.instance["DBInstanceArn"]), "names": names})

    def must_be_available(self, service: Service) -> None:
        """Raises Refused while something is done to the instance."""
        if self.is_half_swapped:
            raise Refused(
                f"{self.where.instance} is half swapped: no instance has the name.",
                f"Type {slash('restore')} {service.id} --swap to finish.",
            )
        status = str(self.instance["DBInstanceStatus"])
        if status != "available":
            raise Refused(
                f"{self.where.instance} is {status}, and takes no change until it is available.",
                "Try again in a few minutes.",
            )


def plan_backup(
    service: Service, change: Backup, seen: Snapshot, backups: Sequence[BackupFound], now: datetime
) -> Plan:
    """A manual snapshot. Raises Refused for a name that is taken or cannot be one."""
    seen.must_be_available(service)
    name = snapshot_name(change, seen.where.instance, backups, now)
    params = {"DBInstanceIdentifier": seen.where.instance, "DBSnapshotIdentifier": name}
    return Plan(
        service=service.id,
        change=Backup(name=name),
        deltas=(Delta(what="snapshots", before=str(len(backups)), after=f"{len(backups) + 1}: {name}"),),
        steps=(Step(call="rds:CreateDBSnapshot", params=dict(params), says=f"take the snapshot {name}"),),
        tier=RiskTier.R1,
        fingerprint=seen.mark,
        takes=TAKES,
        goal={"snapshot": name},
        undo="Nothing to undo: a snapshot changes nothing.",
    )


def plan_restore_at(service: Service, change: Restore, seen: Snapshot) -> Plan:
    """The data as it was at a moment, into a new instance like the one in use. Raises Refused."""
    where, at, latest = seen.where, change.at, seen.instance.get("LatestRestorableTime")
    assert at is not None
    if latest is None:
        raise Refused(
            f"{where.instance} keeps no automated backups, so it cannot go to a moment.",
            f"Restore a snapshot instead: {slash('history')} {service.id} lists them.",
        )
    if at > latest:
        raise Refused(
            f"The latest moment that {where.instance} can go to is {latest:%H:%M} UTC.",
            "RDS is up to five minutes behind:",
            (f"{slash('restore')} {service.id} at={latest:%Y-%m-%dT%H:%M}",),
        )
    _must_be_free(service, seen)
    to = f"{at:%Y-%m-%d %H:%M} UTC"
    params: Json = {
        "SourceDBInstanceIdentifier": where.instance,
        "TargetDBInstanceIdentifier": where.restored,
        "RestoreTime": at.isoformat(),
        **given(seen.instance),
    }
    step = Step(
        call="rds:RestoreDBInstanceToPointInTime",
        params=params,
        says=f"restore {where.instance} as it was at {to} into the new instance {where.restored}",
    )
    note = Warning(
        level="note", code="latest", text=f"The latest moment it could go to is {latest:%Y-%m-%d %H:%M} UTC."
    )
    return _beside(service, change, seen, step, to, (note,))


def _must_be_free(service: Service, seen: Snapshot) -> None:
    if seen.where.restored in seen.others:
        raise Refused(
            f"There is an instance {seen.where.restored} already, from a restore before.",
            f"Type {slash('restore')} {service.id} --swap to use it; a database administrator can delete it.",
        )


def plan_restore(service: Service, change: Restore, seen: Snapshot, backups: Sequence[BackupFound]) -> Plan:
    """A snapshot into a new instance like the one in use. Raises Refused."""
    where = seen.where
    found = snapshot_of(service, change, backups)
    _must_be_free(service, seen)
    params: Json = {
        "DBInstanceIdentifier": where.restored,
        "DBSnapshotIdentifier": found.id,
        **given(seen.instance),
    }
    step = Step(
        call="rds:RestoreDBInstanceFromDBSnapshot",
        params=params,
        says=f"restore {found.id} into the new instance {where.restored}",
    )
    return _beside(service, change, seen, step, found.id, ())


def _beside(
    service: Service, change: Restore, seen: Snapshot, step: Step, of: str, cautions: tuple[Warning, ...]
) -> Plan:
    """One call that makes an instance beside the one in use. of: what it holds, in words."""
    where = seen.where
    text = f"{where.instance} stays in use; then type {slash('restore')} {service.id} --swap."
    beside = Warning(level="note", code="beside", text=text)
    return Plan(
        service=service.id,
        change=change,
        deltas=(Delta(what=f"instance {where.restored}", before="none", after=f"{seen.klass}, {of}"),),
        steps=(step,),
        cautions=(beside, *cautions, *missing(seen.instance)),
        tier=RiskTier.R3,
        fingerprint=seen.mark,
        takes=TAKES,
        goal={"available": [where.restored]},
        undo=f"Nothing to undo: {where.instance} is not touched.",
    )


def plan_swap(service: Service, change: Swap, seen: Snapshot) -> Plan:
    """Two renames, so that what was restored has the name. Raises Refused."""
    where = seen.where
    if not seen.is_half_swapped:
        seen.must_be_available(service)
    new = seen.others.get(where.restored)
    if new is None:
        raise Refused(
            f"There is no instance {where.restored} to swap in.",
            f"Restore one first: {slash('restore')} {service.id} BACKUP",
        )
    if new["DBInstanceStatus"] != "available":
        raise Refused(f"{where.restored} is {new['DBInstanceStatus']}.", "Wait until it is available.")
    if where.old in seen.others:
        raise Refused(
            f"There is an instance {where.old} already, from a swap before.",
            "A database administrator has to rename or delete it first.",
        )
    cuts = Warning(
        level="warn",
        code="cuts-connections",
        text="Every connection is cut, and nobody can connect until both renames are through: minutes.",
    )
    left = Warning(
        level="warn",
        code="replicas-stay",
        text=f"{', '.join(seen.replicas)} will follow {where.old}, with its data.",
    )
    renames = (_rename(where.instance, where.old), _rename(where.restored, where.instance))
    return Plan(
        service=service.id,
        change=change,
        deltas=(
            Delta(
                what=f"instance {where.instance}",
                before="none: half swapped" if seen.is_half_swapped else "as it is",
                after=f"what is {where.restored} now",
            ),
            *(() if seen.is_half_swapped else (_becomes_old(where),)),
        ),
        steps=renames[1:] if seen.is_half_swapped else renames,
        cautions=(cuts, *((left,) if seen.replicas else ()), *differing(seen.instance, new)),
        tier=RiskTier.R3,
        others=2,
        fingerprint=seen.mark,
        takes=TAKES,
        goal={"available": [where.instance, where.old]},
        undo=f"Not by itself: the data of before is in {where.old}, and takes two renames by hand.",
    )


def _becomes_old(target: RdsTarget) -> Delta:
    return Delta(what=f"instance {target.old}", before="none", after=f"what is {target.instance} now")


def _rename(old: str, new: str) -> Step:
    params = {"DBInstanceIdentifier": old, "NewDBInstanceIdentifier": new, "ApplyImmediately": True}
    return Step(call="rds:ModifyDBInstance", params=dict(params), says=f"rename {old} to {new}")


def plan_class(
    service: Service,
    change: InstanceClass,
    seen: Snapshot,
    backups: Sequence[BackupFound],
    orderable: Sequence[str],
    now: datetime,
) -> Plan:
    """Another class, at once, after a fresh snapshot. Raises Refused."""
    where = seen.where
    seen.must_be_available(service)
    if seen.instance.get("PendingModifiedValues"):
        raise Refused(
            f"{where.instance} has changes that wait for its maintenance window.",
            f"Look with {slash('health')}; applying another at once would apply those too.",
        )
    if change.to not in orderable:
        near = nearest(change.to, orderable) or tuple(orderable[:3])
        raise Refused(
            f"RDS does not have {shown(change.to)} for this engine here.",
            "It has, among others:",
            tuple(f"{slash('scale')} {service.id} class={one}" for one in near),
        )
    params: Json = {
        "DBInstanceIdentifier": where.instance,
        "DBInstanceClass": change.to,
        "ApplyImmediately": True,
    }
    restarts = Warning(
        level="warn", code="restarts", text="The database restarts: connections are cut for some minutes."
    )
    is_same = change.to == seen.klass
    return Plan(
        service=service.id,
        change=change,
        deltas=(Delta(what="class", before=seen.klass, after=change.to),),
        steps=()
        if is_same
        else (Step(call="rds:ModifyDBInstance", params=params, says=f"make it {change.to}, at once"),),
        cautions=() if is_same else (*_needs_snapshot(service, backups, now), restarts),
        tier=RiskTier.R3,
        fingerprint=seen.mark,
        takes=TAKES,
        goal={"available": [where.instance], "class": change.to},
        inverse=None if is_same else InstanceClass(to=seen.klass),
        undo=f"Makes it {seen.klass} again, with another restart.",
    )


def _needs_snapshot(service: Service, backups: Sequence[BackupFound], now: datetime) -> tuple[Warning, ...]:
    taken = [datetime.fromisoformat(one.at) for one in backups if one.status == "available"]
    newest = max(taken, default=None)
    if newest is not None and now - newest <= FRESH:
        return ()
    said = f"the newest is of {newest:%Y-%m-%d %H:%M} UTC" if newest else "there is none"
    return (
        Warning(
            level="stop",
            code="snapshot-first",
            text=f"Before the class is changed there has to be a snapshot of the last 24 h, and {said}.",
            instead=f"Type {slash('backup')} {service.id}",
        ),
    )


def plan_replicas(service: Service, change: Replicas, seen: Snapshot) -> Plan:
    """More read replicas; none is taken away from here. Raises Refused."""
    seen.must_be_available(service)
    before, after = len(seen.replicas), change.count.of(len(seen.replicas))
    if after < before:
        raise Refused(
            f"{service.id} has {before} read replicas; taking one away deletes a copy of the data.",
            "A database administrator does that, once nothing reads from it.",
        )
    taken = {*seen.replicas, *seen.others}
    free = [name for n in range(1, 16) if (name := seen.where.replica(n)) not in taken]
    if after - before > len(free) or after > 5:
        raise Refused(f"{after} read replicas are too many from here.", "Type at most replicas=5.")
    new = free[: after - before]
    steps = tuple(
        Step(
            call="rds:CreateDBInstanceReadReplica",
            params={"DBInstanceIdentifier": name, "SourceDBInstanceIdentifier": seen.where.instance},
            says=f"make the read replica {name}",
        )
        for name in new
    )
    costs = Warning(level="note", code="costs", text=f"Each costs as much as a {seen.klass}.")
    return Plan(
        service=service.id,
        change=Replicas(count=Amount(how="to", n=after)),
        deltas=(Delta(what="read replicas", before=str(before), after=str(after)),),
        steps=steps,
        cautions=(costs,) if steps else (),
        tier=RiskTier.R2,
        direction=Direction.UP if steps else Direction.SAME,
        size=after - before,
        fingerprint=seen.mark,
        takes=TAKES,
        goal={"available": list(new)},
        undo="Not from here: taking a replica away deletes a copy of the data.",
    )
