"""What a change of a database would do, from what was read of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from backends.postgres.looks import span
from backends.postgres.target import PostgresTarget
from model.catalog.schema import Service
from model.changes import Backup, KillIdle, Restore, Swap
from model.language.near import nearest, or_list, shown
from model.plan import Delta, Plan, RiskTier, Step, Warning, fingerprint
from model.query_result import BackupFound
from model.refusal import Refused
from model.slash import slash

FRESH = timedelta(hours=1)
"""How old the newest backup may be before something is restored."""

MOST_ENDED = 200
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,100}")


@dataclass(frozen=True)
class Databases:
    """What is on the server. sessions: who is in the database, apart from Muster."""

    names: tuple[str, ...]
    owner: str
    sessions: Sequence[Mapping[str, Any]] = ()


def restored(target: PostgresTarget) -> str:
    """The database that a dump is restored into."""
    return f"{target.database}_restored"


def old(target: PostgresTarget) -> str:
    """What the database is called after a swap."""
    return f"{target.database}_old"


def plan_kill(service: Service, change: KillIdle, rows: Sequence[Mapping[str, Any]], mark: str) -> Plan:
    """Exactly these sessions, and no other that may have their pid by then."""
    kept = rows[:MOST_ENDED]
    steps = tuple(
        Step(
            call="postgres:TerminateBackend",
            params={"pid": int(row["pid"]), "backend_start": row["backend_start"].isoformat()},
            says=f"end {row['pid']}: {row['who']} {row['app'] or ''}, idle for {span(row['idle'])}",
        )
        for row in kept
    )
    who = ", ".join(f"{row['pid']} ({row['who']}, {span(row['idle'])})" for row in kept[:12])
    more = f" and {len(kept) - 12} more" if len(kept) > 12 else ""
    cautions = (Warning(level="note", code="who", text=f"Ends {who}{more}."),) if steps else ()
    return Plan(
        service=service.id,
        change=change,
        deltas=(
            Delta(what="idle sessions", before=str(len(rows)), after=f"0 (idle over {span(change.older)})"),
        ),
        steps=steps,
        cautions=cautions,
        tier=RiskTier.R2,
        size=len(steps),
        fingerprint=mark,
        goal={"done": "ended"},
        undo="Cannot be undone: clients have to connect again.",
    )


def plan_backup(
    service: Service, change: Backup, target: PostgresTarget, taken: Sequence[str], mark: str, now: datetime
) -> Plan:
    """A dump under a name of its own. Raises Refused for one that is taken or cannot be a name."""
    name = change.name or f"backup_{int(now.timestamp())}"
    if not _NAME.fullmatch(name):
        raise Refused(f"{shown(name)} is no name for a backup.", "Type letters, digits, - and _.")
    name = name if name.endswith(".sql.gz") else f"{name}.sql.gz"
    if name in taken:
        raise Refused(f"There is a backup {shown(name)} already.", "Type another name, or none.")
    place = f"s3://{target.bucket}/{target.key(name)}"
    return Plan(
        service=service.id,
        change=change.model_copy(update={"name": name}),
        deltas=(Delta(what="backups", before=str(len(taken)), after=f"{len(taken) + 1}: {name}"),),
        steps=(
            Step(call="postgres:Dump", params={"name": name}, says=f"pg_dump {target.database} to {place}"),
        ),
        tier=RiskTier.R1,
        fingerprint=mark,
        goal={"done": f"{place} is there"},
        undo="Nothing to undo: a backup changes nothing.",
    )


def plan_restore(
    service: Service,
    change: Restore,
    where: PostgresTarget,
    backups: Sequence[BackupFound],
    there: Databases,
    now: datetime,
) -> Plan:
    """A dump into a new database beside the one in use. Raises Refused."""
    name = change.backup if change.backup.endswith(".sql.gz") else f"{change.backup}.sql.gz"
    known = [one.id for one in backups]
    if name not in known:
        near = nearest(name, known) or tuple(known[:3])
        also = f"Type {or_list(near)}." if near else f"Take one with {slash('backup')} {service.id}."
        raise Refused(f"{service.id} has no backup {shown(change.backup)}.", also)
    target = restored(where)
    if target in there.names:
        raise Refused(
            f"There is a database {target} already, from a restore before.",
            f"Type {slash('restore')} {service.id} --swap to use it; a database administrator can drop it.",
        )
    newest = max((datetime.fromisoformat(one.at) for one in backups), default=None)
    is_fresh = newest is not None and now - newest <= FRESH
    cautions = () if is_fresh else (_no_fresh_backup(service, newest, now),)
    return Plan(
        service=service.id,
        change=change.model_copy(update={"backup": name}),
        deltas=(Delta(what=f"database {target}", before="none", after=name),),
        steps=(
            Step(
                call="postgres:CreateDatabase",
                params={"database": target, "owner": there.owner},
                says=f"create database {target}",
            ),
            Step(
                call="postgres:RestoreDump",
                params={"database": target, "name": name},
                says=f"read {name} into {target}, all of it or nothing",
            ),
        ),
        cautions=(
            *cautions,
            Warning(
                level="note",
                code="beside",
                text=f"{where.database} stays in use; then type {slash('restore')} {service.id} --swap.",
            ),
        ),
        tier=RiskTier.R3,
        fingerprint=mark_of(service, *there.names),
        goal={"done": f"{target} holds {name}"},
        undo=f"Nothing to undo: {where.database} is not touched.",
    )


def _no_fresh_backup(service: Service, newest: datetime | None, now: datetime) -> Warning:
    said = f"the newest is {span(now - newest)} old" if newest else "there is none"
    return Warning(
        level="stop",
        code="backup-first",
        text=f"Before a restore there has to be a backup younger than an hour, and {said}.",
        instead=f"Type {slash('backup')} {service.id}",
    )


def plan_swap(service: Service, change: Swap, target: PostgresTarget, there: Databases) -> Plan:
    """The restored database takes the name; the one before keeps its data under another. Raises Refused."""
    new, before, kept = restored(target), target.database, old(target)
    if new not in there.names:
        raise Refused(
            f"There is no database {new} to swap in.", f"Restore one: {slash('restore')} {service.id} BACKUP"
        )
    if kept in there.names:
        raise Refused(
            f"There is a database {kept} already, from a swap before.", "It has to be dropped first."
        )
    who = sorted({f"{row['who']} {row['app']}".strip() for row in there.sessions})
    ended = (
        Warning(
            level="warn",
            code="ends-sessions",
            text=f"{len(there.sessions)} sessions are ended: {', '.join(who[:8])}.",
            instead=f"Stop what uses it first, e.g. {slash('scale')} of the service.",
        ),
    )
    return Plan(
        service=service.id,
        change=change,
        deltas=(
            Delta(what=f"database {before}", before="as it is", after=f"what is {new} now"),
            Delta(what=f"database {kept}", before="none", after=f"what is {before} now"),
        ),
        steps=(
            Step(
                call="postgres:CloseDatabase", params={"database": before}, says=f"let nobody into {before}"
            ),
            Step(
                call="postgres:RenameDatabase",
                params={"database": before, "to": kept},
                says=f"rename {before} to {kept}",
            ),
            Step(
                call="postgres:RenameDatabase",
                params={"database": new, "to": before},
                says=f"rename {new} to {before}",
            ),
        ),
        cautions=ended if there.sessions else (),
        tier=RiskTier.R3,
        others=2,
        fingerprint=mark_of(service, *there.names),
        goal={"done": f"{before} is what was restored"},
        undo=f"Not by itself: the data of before is in {kept}, and takes a swap by hand.",
    )


def mark_of(service: Service, *names: str) -> str:
    """Of what a plan depends on: which databases there are."""
    return fingerprint({"service": service.id, "databases": ",".join(sorted(names))})
