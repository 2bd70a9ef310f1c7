"""How a cluster is: who writes, who reads, and how each of them is."""

from backends.aurora.snapshot import Snapshot
from model.health import Check, Verdict

_WELL = frozenset({"available", "backing-up"})
_DOWN = frozenset({"stopped", "stopping", "failed", "inaccessible-encryption-credentials", "deleting"})


def signs(seen: Snapshot) -> tuple[Check, ...]:
    """The cluster, its writer, its readers, its engine."""
    engine = f"{seen.cluster['Engine']} {seen.cluster.get('EngineVersion', '')}".strip()
    return (
        _of(seen, "cluster", seen.status, seen.where.cluster),
        _writer(seen),
        *(_reader(seen, name) for name in seen.readers),
        *(() if seen.readers else (_alone(),)),
        Check(name="engine", value=engine, verdict=Verdict.OK),
    )


def _of(seen: Snapshot, name: str, status: str, what: str) -> Check:
    verdict = Verdict.OK if status in _WELL else Verdict.DOWN if status in _DOWN else Verdict.DEGRADED
    why = "" if verdict is Verdict.OK else f"{what} is {status}"
    return Check(name=name, value=status, verdict=verdict, why=why)


def _writer(seen: Snapshot) -> Check:
    if not seen.writer:
        why = f"{seen.where.cluster} has no writer: nothing can be written"
        return Check(name="writer", value="none", verdict=Verdict.DOWN, why=why)
    found = _of(seen, "writer", seen.status_of(seen.writer), f"the writer {seen.writer}")
    value = f"{seen.writer}, {found.value}, {seen.class_of(seen.writer)}"
    return found.model_copy(update={"value": value})


def _reader(seen: Snapshot, name: str) -> Check:
    status = seen.status_of(name)
    is_well = status in _WELL
    return Check(
        name=f"reader {name}",
        value=f"{status}, {seen.class_of(name)}",
        verdict=Verdict.OK if is_well else Verdict.DEGRADED,
        why="" if is_well else f"the reader {name} is {status}",
    )


def _alone() -> Check:
    """Without a reader Aurora makes a new writer when it is lost, which takes minutes (Aurora User Guide)."""
    return Check(name="readers", value="none: nobody takes over at once", verdict=Verdict.OK)
