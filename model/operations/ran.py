"""Which versions a service ran, as far as Muster's own operations tell it: pure.

It serves every backend that has versions, where the cloud keeps no record or only for some time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from model.changes import Promote, Rollback
from model.operations.state import Operation, Phase, StepState
from model.plan import Plan, Version, Warning
from model.refusal import Refused
from model.slash import slash

BY_NUMBER = "by-number"
"""The code of a caution: the version was guessed by its number, as the cloud keeps no record."""

NEVER_RAN = "never-ran"
"""The code of a caution: as far as the cloud remembers, the version never ran here."""


@dataclass(frozen=True)
class Move:
    """An operation that moved a service from one version to another.

    after: empty where the cloud gave the number out, or where it did not come through.
    """

    operation: Operation
    plan: Plan
    before: str
    after: str

    @property
    def at(self) -> datetime:
        """When it was done, or began."""
        one = self.operation
        return one.ended_at or one.applied_at or one.asked_at

    @property
    def says(self) -> str:
        """`14 → 13`."""
        return f"{bare(self.before)} → {bare(self.after)}"


def moves(done: Sequence[Operation], part: str) -> list[Move]:
    """What moved the version of this part of the service, of operations that made all their calls.

    Both are the newest first.
    """
    found: list[Move] = []
    for one in done:
        if one.plan is None or one.plan.service != part or not isinstance(one.plan.inverse, Rollback):
            continue
        if isinstance(one.plan.change, Promote):
            continue  # it moves on what another operation began
        if not one.steps or set(one.steps) != {StepState.DONE}:
            continue
        change, came = one.plan.change, one.phase in {Phase.SUCCEEDED, Phase.UNKNOWN}
        after = change.version if isinstance(change, Rollback) and came else ""
        found.append(Move(one, one.plan, one.plan.inverse.version or "", after or ""))
    return sorted(found, key=lambda move: move.at, reverse=True)


def going_back_again(found: Sequence[Move], plan: Plan) -> Move | None:
    """The rollback that brought the service to what it runs now, when nobody has moved it since.

    plan: of one more rollback without a version.
    """
    if not found or not isinstance(found[0].operation.change, Rollback) or not found[0].after:
        return None
    last = found[0]
    undone = next((one for one in found if one.operation.id == last.operation.undoes), None)
    if undone is not None and isinstance(undone.operation.change, Rollback):
        return None  # taking a rollback back is to go forward
    if last.plan.runs_after and plan.runs_before:
        return last if last.plan.runs_after == plan.runs_before else None
    return last if last.after == _now(plan) else None


def refused_again(service: str, last: Move, versions: Sequence[Version], now: datetime) -> Refused:
    """That it was rolled back already, and what to type to go further back, or forward again.

    versions: the running one first, then the newest.
    """
    at = f"{last.at:%H:%M} UTC"
    if now - last.at > timedelta(hours=12):
        at = f"{at} on {last.at.day} {last.at:%B}"
    further = _further(last, versions)
    ways = [f"To go further back: `{slash('rollback')} {service} {bare(further)}`."] if further else []
    forward = f"{slash('undo')} {last.operation.id}"
    if not last.operation.may_be_undone(now):
        forward = f"{slash('rollback')} {service} {bare(last.before)}"
    ways.append(f"To take that back: `{forward}`.")
    return Refused(f"Already rolled back at {at} by {last.operation.id} ({last.says}).", " ".join(ways))


def ran_before(found: Sequence[Move], plan: Plan) -> Move | None:
    """The operation that knows what ran before what runs now."""
    now = _now(plan)
    if not found or not now:
        return None
    return next((one for one in found if version_of(one, now)), None)


def version_of(one: Move, now: str) -> str:
    """What an operation knows to have run, other than what runs now: what it left, or what it reached."""
    if one.after and one.after != now:
        return one.after
    return one.before if one.before != now else ""


def told(plan: Plan, found: Sequence[Move], is_guess: bool = False) -> Plan:
    """The plan with what the journal knows of its version, in place of what the cloud does not know.

    is_guess: the version was chosen by the journal, where nobody named one.
    """
    if not isinstance(plan.change, Rollback):
        return plan
    wanted = plan.change.version
    known = next((one for one in found if wanted in {one.before, one.after}), None)
    is_doubted = is_guess or any(one.code in {BY_NUMBER, NEVER_RAN} for one in plan.cautions)
    if known is None or not is_doubted:
        return plan
    did = "replaced it" if known.before == wanted else "went back to it"
    text = (
        f"The cloud has no record that {wanted} ran here; Muster's own has: {known.operation.id} {did} "
        f"on {known.at.day} {known.at:%B} at {known.at:%H:%M} UTC."
    )
    others = tuple(one for one in plan.cautions if one.code not in {BY_NUMBER, NEVER_RAN})
    note = Warning(level="note", code="as-journaled", text=text)
    return plan.model_copy(update={"cautions": (note, *others)})


def known_beside(versions: Sequence[Version], found: Sequence[Move]) -> tuple[Version, ...]:
    """Versions that only the journal knows to have run, the last to be replaced first.

    None of those that are numbered anew when they are gone back to.
    """
    more: dict[str, Version] = {}
    for one in found:
        for id in (one.after, one.before):
            if not id or one.plan.runs_before or any(version.id == id for version in versions):
                continue
            note = f"as {one.operation.id} says, not the cloud"
            more.setdefault(id, Version(id=id, at=one.at.isoformat(), note=note))
    return tuple(more.values())


def bare(version: str) -> str:
    """`42` of `family:42`: what is typed."""
    return version.rpartition(":")[2]


def _now(plan: Plan) -> str:
    """The version that runs as the plan is made; empty where the plan goes nowhere."""
    return (plan.inverse.version or "") if isinstance(plan.inverse, Rollback) else ""


def _further(last: Move, versions: Sequence[Version]) -> str:
    """The newest that ran before what was left; empty where nothing is known of it."""
    ids = [one.id for one in versions]
    later = ids.index(last.before) + 1 if last.before in ids else 0
    left = {last.before, last.after}
    rest = [one for one in versions[later:] if one.has_run and not one.is_current and one.id not in left]
    return rest[0].id if rest else ""
