"""What backups have in common, wherever they are taken: pure."""

from collections.abc import Iterable

from model.plan import Progress
from model.query_result import BackupFound


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
