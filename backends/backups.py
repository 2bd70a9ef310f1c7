"""What backups have in common, wherever they are taken: pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from model.catalog.schema import Service
from model.changes import Backup, Restore
from model.language.near import nearest, or_list, shown
from model.plan import Progress
from model.query_result import BackupFound
from model.refusal import Refused
from model.slash import slash

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,254}")
"""What RDS takes as the name of a snapshot, of an instance or a cluster (API reference, CreateDBSnapshot)."""


def newest_first(found: Iterable[BackupFound]) -> tuple[BackupFound, ...]:
    """In the order in which they are told."""
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def backup_progress(name: str, backups: Iterable[BackupFound], is_fresh: bool) -> Progress:
    """How one that was asked for is coming along. is_fresh: the list may not have it yet."""
    states = {one.id: one.status for one in backups}
    status = states.get(name, "creating" if is_fresh else "missing")
    said = f"{name} is {status}."
    if status == "available":
        return Progress(ok=True, last_event=said)
    if status in {"failed", "missing", "deleted"}:
        return Progress(ok=False, last_event=said, why=said)
    return Progress(wanted=1, starting=1, last_event=said)


def snapshot_name(change: Backup, of: str, backups: Sequence[BackupFound], now: datetime) -> str:
    """The name that was typed, or one by the time. Raises Refused for one that is taken or cannot be one."""
    name = change.name or f"{of}-manual-{now:%Y%m%d-%H%M%S}"
    if not _NAME.fullmatch(name) or "--" in name or name.endswith("-"):
        raise Refused(f"{shown(name)} is no name for a snapshot.", "Type letters, digits and single dashes.")
    if name in {one.id for one in backups}:
        raise Refused(f"There is a snapshot {shown(name)} already.", "Type another name, or none.")
    return name


def snapshot_of(service: Service, change: Restore, backups: Sequence[BackupFound]) -> BackupFound:
    """The snapshot that is to be restored. Raises Refused where there is none, or none yet."""
    found = next((one for one in backups if one.id == change.backup), None)
    if found is None:
        known = [one.id for one in backups]
        near = nearest(change.backup, known) or tuple(known[:3])
        raise Refused(
            f"{service.id} has no snapshot {shown(change.backup)}.",
            f"Type {or_list(near)}." if near else f"Take one with {slash('backup')} {service.id}.",
        )
    if found.status != "available":
        raise Refused(f"{found.id} is {found.status}.", "Wait until it is available.")
    return found
