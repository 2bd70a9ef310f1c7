"""An operation as its events leave it."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce

from pydantic import BaseModel, ConfigDict

from model.events import RecordedEvent
from model.health import Health
from model.operations import events as happened
from model.people import Person
from model.plan import Change, Plan, Progress

GOOD_FOR = timedelta(minutes=15)
"""How long a plan and its approvals hold (design: permissions, approvals)."""

START_WITHIN = timedelta(minutes=5)
"""How long after the last press of Run or Approve it may start; later nothing is started any more."""

QUEUED_FOR = timedelta(hours=1)
"""As START_WITHIN, for what people asked to come next: as long as they were told it may take."""

UNDO_FOR = timedelta(hours=24)
"""How long undo is offered; it is refused anyway when the target was changed since."""


class Phase(StrEnum):
    """Where an operation stands."""

    ASKED = "asked"
    PLANNED = "planned"
    AWAITING_APPROVAL = "awaiting approval"
    READY = "ready"
    APPLYING = "applying"
    WATCHING = "watching"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"
    TURNED_DOWN = "turned down"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DROPPED = "dropped"
    SUPERSEDED = "superseded"


OVER = frozenset(
    {
        Phase.SUCCEEDED,
        Phase.FAILED,
        Phase.UNKNOWN,
        Phase.TURNED_DOWN,
        Phase.CANCELLED,
        Phase.EXPIRED,
        Phase.DROPPED,
        Phase.SUPERSEDED,
    }
)
RUNNING = frozenset({Phase.READY, Phase.APPLYING, Phase.WATCHING})


class StepState(StrEnum):
    """How far one API call is."""

    WAITING = "waiting"
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"


class Agreed(BaseModel):
    """What people had agreed to before the target moved, and who."""

    model_config = ConfigDict(frozen=True)

    plan: Plan
    confirmed_by: Person | None
    approved_by: tuple[Person, ...]


class Operation(BaseModel):
    """One operation. Times are UTC; `version` is the stream's."""

    model_config = ConfigDict(frozen=True)

    id: str
    service: str
    change: Change
    line: str
    channel: str
    thread_ts: str = ""
    because: str = ""
    dry: bool = False
    incident: str = ""
    assumed: bool = False
    undoes: str = ""
    break_glass: bool = False
    queue: bool = False
    step: str = ""
    asked_by: Person
    asked_at: datetime
    phase: Phase = Phase.ASKED
    version: int = 0
    plan: Plan | None = None
    planned_at: datetime | None = None
    needs: int = 0
    needs_from: tuple[str, ...] = ()
    needs_reason: bool = False
    needs_typed: str = ""
    typed: str = ""
    breaks_glass: bool = False
    reason: str = ""
    policy_version: str = ""
    supersedes: str = ""
    before: Health | None = None
    after: Health | None = None
    confirmed_by: Person | None = None
    pressed_at: datetime | None = None
    glass_announced: bool = False
    agreed: Agreed | None = None
    waits: bool = False
    approved_by: tuple[Person, ...] = ()
    steps: tuple[StepState, ...] = ()
    step_begun_at: datetime | None = None
    step_token: str = ""
    applied_at: datetime | None = None
    started_at: datetime | None = None
    watches: timedelta = timedelta()
    ended_at: datetime | None = None
    what: str = ""
    instead: str = ""
    sent: bool = False
    progress: Progress | None = None
    fingerprint_after: str = ""
    verdict: str = ""
    says: str = ""
    undone_by: str = ""
    cancelled_by: Person | None = None
    superseded_by: str = ""
    stopped_by: Person | None = None

    @property
    def stream(self) -> str:
        """Where its events are kept."""
        return f"op:{self.id}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.phase in OVER

    @property
    def expires_at(self) -> datetime | None:
        """When the plan runs out, while it waits for people."""
        waits = self.phase in {Phase.PLANNED, Phase.AWAITING_APPROVAL} and not self.dry
        return self.planned_at + GOOD_FOR if waits and self.planned_at else None

    @property
    def mark(self) -> str:
        """Eight hex digits of exactly this plan: what a button carries of what stood above it."""
        if self.plan is None or self.planned_at is None:
            return ""
        told = f"{self.id} {self.planned_at.isoformat()} {self.plan.fingerprint}"
        return hashlib.sha256(told.encode()).hexdigest()[:8]

    def is_too_old_to_start(self, now: datetime) -> bool:
        """Whether too much time has passed since people agreed to it."""
        within = QUEUED_FOR if self.queue else START_WITHIN
        return self.pressed_at is not None and now - self.pressed_at > within

    @property
    def watched_until(self) -> datetime | None:
        """When looking at it ends at the latest, from its first call on; None before that."""
        return self.applied_at + self.watches if self.applied_at and self.watches else None

    @property
    def next_step(self) -> int | None:
        """The first call that is not done, or None when all are."""
        return next((i for i, step in enumerate(self.steps) if step is not StepState.DONE), None)

    @property
    def has_begun(self) -> bool:
        """Whether it was started: what was run and has yet to start, or waits for its turn, has not."""
        return self.phase in {Phase.APPLYING, Phase.WATCHING}

    @property
    def is_known(self) -> bool:
        """Whether it is known what it did: every call is known to have worked, or it ended with a word."""
        all_done = bool(self.steps) and all(step is StepState.DONE for step in self.steps)
        return self.phase in {Phase.SUCCEEDED, Phase.FAILED} or (self.phase is Phase.UNKNOWN and all_done)

    @property
    def may_be_aborted(self) -> bool:
        """Whether it runs and can be taken back: all its calls are made, and they have an inverse."""
        return self.phase is Phase.WATCHING and self.plan is not None and self.plan.inverse is not None

    def may_be_undone(self, now: datetime) -> bool:
        """Whether Undo is worth offering: it changed something, has an inverse, and is recent."""
        changed = self.is_known and StepState.DONE in self.steps
        has_inverse = self.plan is not None and self.plan.inverse is not None and not self.undone_by
        return bool(changed and has_inverse and self.ended_at and now - self.ended_at < UNDO_FOR)


def fold(records: Iterable[RecordedEvent], start: Operation | None = None) -> Operation | None:
    """The operation after these records, in order; None when there are none."""
    return reduce(_after, records, start)


def _after(operation: Operation | None, record: RecordedEvent) -> Operation | None:
    event = happened.from_recorded(record)
    who = Person(team=record.who.team, user=record.who.user)
    if operation is None:
        if not isinstance(event, happened.Proposed):
            raise ValueError(f"{record.stream} does not begin with op.proposed")
        asked = event.model_dump(exclude={"type"})
        return Operation(**asked, asked_by=who, asked_at=record.at, version=record.version)
    changes = _changes(operation, event, who, record.at)
    return operation.model_copy(update={**changes, "version": record.version})


def _changes(op: Operation, event: happened.OperationEvent, who: Person, at: datetime) -> dict[str, object]:
    """The fields an event changes."""
    match event:
        case happened.Planned():
            return _planned(op, event, at)
        case happened.Confirmed():
            # Whoever runs it cannot also be the other person who agreed.
            others = tuple(one for one in op.approved_by if one != who)
            return {
                "phase": _phase(others, op.needs),
                "approved_by": others,
                "confirmed_by": who,
                "because": event.because or op.because,
                "typed": event.typed,
                "pressed_at": at,
            }
        case happened.Approved():
            approved = (*op.approved_by, who)
            phase = _phase(approved, op.needs) if op.confirmed_by else op.phase
            return {"approved_by": approved, "phase": phase, "pressed_at": at}
        case happened.Voided():
            return {
                "agreed": Agreed.model_validate(op, from_attributes=True) if op.queue and op.plan else None,
                "phase": Phase.ASKED,
                "approved_by": (),
                "confirmed_by": None,
                "typed": "",
                "glass_announced": False,
                "says": event.why,
            }
        case happened.GlassAnnounced():
            return {"glass_announced": True, "says": ""}
        case happened.Waits():
            return {"says": event.why, "waits": True}
        case happened.Started():
            return {
                "phase": Phase.APPLYING,
                "started_at": op.started_at or at,
                "before": event.before or op.before,
                "watches": event.watches,
                "waits": False,
                "says": "",
            }
        case happened.StepBegun() | happened.StepDone() | happened.StepFailed():
            return _stepped(op, event, at)
        case happened.Failing():
            return {"progress": event.progress}
        case happened.Verified():
            return {"after": event.after, "verdict": event.verdict, "says": event.says}
        case happened.Undone():
            return {"undone_by": event.by}
        case _:
            return {**_ended(op, event, who), "ended_at": at}


def _ended(op: Operation, event: happened.OperationEvent, who: Person) -> dict[str, object]:
    """The fields that an event changes after which nothing more happens."""
    match event:
        case happened.Ended():
            return {
                "phase": Phase(event.outcome),
                "what": event.why or op.what,
                "instead": event.next or op.instead,
                "progress": event.progress or op.progress,
                "fingerprint_after": event.fingerprint,
            }
        case happened.TurnedDown():
            return {"phase": Phase.TURNED_DOWN, "what": event.what, "instead": event.instead}
        case happened.WatchStopped():
            return {"phase": Phase.UNKNOWN, "stopped_by": who, "what": event.because}
        case happened.Superseded():
            return {"phase": Phase.SUPERSEDED, "superseded_by": event.by}
        case happened.Cancelled():
            return {"phase": Phase.CANCELLED, "cancelled_by": who, "what": event.because}
        case happened.Expired():
            return {"phase": Phase.EXPIRED, "what": event.why}
        case happened.Dropped():
            return {"phase": Phase.DROPPED, "what": f"{event.incident} is resolved"}
        case _:
            raise ValueError("an operation is proposed once")


def _planned(op: Operation, event: happened.Planned, at: datetime) -> dict[str, object]:
    agreed = op.agreed if event.stands else None
    return {
        "phase": Phase.READY if agreed else Phase.PLANNED,
        "plan": event.plan,
        "planned_at": at,
        "needs": event.needs,
        "needs_from": event.needs_from,
        "breaks_glass": event.breaks_glass,
        "needs_reason": event.needs_reason and not op.because,
        "needs_typed": event.needs_typed,
        "reason": event.reason,
        "policy_version": event.policy_version,
        "steps": tuple(StepState.WAITING for _ in event.plan.steps),
        "approved_by": agreed.approved_by if agreed else (),
        "confirmed_by": agreed.confirmed_by if agreed else None,
        "supersedes": event.supersedes,
        "agreed": None,
        "waits": False,
    }


def _phase(approved: tuple[Person, ...], needs: int) -> Phase:
    return Phase.READY if len(approved) >= needs else Phase.AWAITING_APPROVAL


def _stepped(
    op: Operation, event: happened.StepBegun | happened.StepDone | happened.StepFailed, at: datetime
) -> dict[str, object]:
    state = {
        "op.step_begun": StepState.BEGUN,
        "op.step_done": StepState.DONE,
        "op.step_failed": StepState.FAILED,
    }
    steps = tuple(state[event.type] if i == event.index else step for i, step in enumerate(op.steps))
    changed: dict[str, object] = {"steps": steps}
    match event:
        case happened.StepBegun():
            changed |= {"step_begun_at": at, "step_token": event.token, "applied_at": op.applied_at or at}
        case happened.StepDone():
            is_last = all(step is StepState.DONE for step in steps)
            changed |= {"phase": Phase.WATCHING, "fingerprint_after": event.fingerprint} if is_last else {}
        case happened.StepFailed():
            changed |= {"what": event.what, "instead": event.next, "sent": event.sent}
    return changed
