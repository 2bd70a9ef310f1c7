"""The timeline of an incident: one line for each thing that happened, none ever taken away."""

from datetime import datetime
from enum import StrEnum

from model.events import RecordedEvent
from model.incidents import events as happened
from model.incidents.alert_events import AlertChanged, AlertLinked
from model.incidents.alert_events import said_of as said_of_alert
from model.incidents.checklist import SAYS
from model.incidents.handoff_events import HandoffDeclined, HandoffOffered
from model.incidents.handoff_events import said_of as said_of_handoff
from model.incidents.on_call_events import LevelsTold, OnCallFound, said_of
from model.incidents.pager_events import PageSeen
from model.incidents.pager_events import said_of as said_of_page
from model.incidents.task_events import TaskAdded, TaskDone, TaskDue
from model.incidents.task_events import said_of as said_of_task
from model.people import Person
from model.plan import Value
from model.slash import slash


class Kind(StrEnum):
    """What sort of line it is."""

    DECLARED = "declared"
    STATUS = "status"
    UPDATE = "update"
    NOTE = "note"
    SEVERITY = "severity"
    ROLE = "role"
    OPERATION = "operation"
    PLAN = "plan"
    LOOK = "look"
    CLOCK = "clock"
    STEP = "step"
    CHECKLIST = "checklist"


_NOT_RUN = frozenset({"planned", "cancelled", "dropped", "expired", "turned down"})
"""Phases of an operation that nobody ran: in the record, and in no post."""


class TimelineEntry(Value):
    """One line. `number` is the version of its event; `at` is when it happened, `recorded_at` when written.

    corrects: the number of the entry this one sets right, 0 for none; that one stays where it is.
    removes: whether it says that the other should not have been written.
    """

    number: int
    at: datetime
    recorded_at: datetime
    who: Person
    kind: Kind
    text: str
    corrects: int = 0
    removes: bool = False

    @property
    def is_back_dated(self) -> bool:
        """Whether it was written down after it happened."""
        return self.at != self.recorded_at


ROLE_NAMES: dict[happened.Role, str] = {"ic": "Incident commander", "comms": "Comms", "scribe": "Scribe"}

STEP_FAILED: dict[happened.EffectName, str] = {
    "channel": "channel not created",
    "topic": "topic not set",
    "invite": "not everyone invited",
    "headline": "headline not posted",
    "pin": "headline not pinned",
    "announce": "not announced in #incidents",
    "tell": "who declared it was not told where it goes on",
    "post": "update not posted",
    "page": "NOT paged",
    "on_call": "who is on call is not known",
    "escalate": "a level was NOT told",
    "document": "post-mortem not posted",
}
"""How a missing effect reads in the headline."""

STEP_DONE: dict[happened.EffectName, str] = {
    "channel": "channel created",
    "topic": "topic set",
    "invite": "everyone invited",
    "headline": "headline posted",
    "pin": "headline pinned",
    "announce": "announced in #incidents",
    "tell": "who declared it was told where it goes on",
    "post": "update posted",
    "page": "paged",
    "on_call": "who is on call is known",
    "escalate": "the level was told",
    "document": "post-mortem posted",
}


def entry_of(record: RecordedEvent, event: happened.IncidentEvent) -> TimelineEntry:
    """The line an event adds to the timeline."""
    kind, text = _line(event)
    is_note = isinstance(event, happened.Noted)
    return TimelineEntry(
        number=record.version,
        at=(event.at if is_note else None) or record.at,
        recorded_at=record.at,
        who=Person(team=record.who.team, user=record.who.user),
        kind=kind,
        text=text,
        corrects=event.corrects if is_note else 0,
        removes=is_note and event.removes,
    )


def _line(event: happened.IncidentEvent) -> tuple[Kind, str]:
    """Kind and words of what people did."""
    match event:
        case happened.Declared():
            return Kind.DECLARED, f"Declared {event.severity}: {event.title}"
        case happened.Acknowledged():
            return Kind.STATUS, "Acknowledged"
        case happened.SeverityChanged():
            said = f"Severity {event.was} → {event.severity}"
            return Kind.SEVERITY, f"{said}: {event.because}" if event.because else said
        case happened.StatusChanged():
            return Kind.STATUS, f"Status {event.was} → {event.status}"
        case happened.Updated():
            return Kind.UPDATE, f"{event.status}: {event.text}" if event.status else event.text
        case happened.Started():
            return Kind.STATUS, f"Began at {event.at:%H:%M} UTC"
        case happened.Promised():
            at = event.next_update_at
            return Kind.CLOCK, f"Next update promised for {at:%H:%M} UTC" if at else "No next update promised"
        case happened.Resolved() | happened.Reopened():
            said = event.ended.capitalize() if isinstance(event, happened.Resolved) else "Reopened"
            return Kind.STATUS, f"{said}: {event.text}" if event.text else said
        case happened.Noted():
            return Kind.NOTE, f"Removed entry {event.corrects}: {event.text}" if event.removes else event.text
        case happened.RoleAssigned():
            return Kind.ROLE, f"{ROLE_NAMES[event.role]}: {event.person.mention}"
        case happened.Ticked():
            return Kind.CHECKLIST, f"Checklist: {SAYS[event.item]}"
        case happened.Paged():
            whom = event.team or f"<@{event.person}>"
            return Kind.STEP, f"Paged {whom}: {event.text}" if event.text else f"Paged {whom}"
        case happened.PageTaken():
            whom = " and ".join([*(["on call"] if event.is_own else []), *event.teams])
            return Kind.STEP, f"The pager has taken the page of {whom}"
        case TaskAdded() | TaskDone() | TaskDue():
            return Kind.STEP, said_of_task(event)
        case HandoffOffered() | HandoffDeclined():
            return Kind.ROLE, said_of_handoff(event)
        case AlertLinked() | AlertChanged():
            return Kind.STEP, said_of_alert(event)
        case PageSeen():
            return Kind.STEP, said_of_page(event)
        case OnCallFound() | LevelsTold():
            return Kind.STEP, said_of(event)
        case happened.PostmortemDrafted():
            return Kind.STEP, "Post-mortem drafted"
        case _:
            return _line_of_the_bot(event)


def _line_of_the_bot(
    event: happened.ChannelCreated
    | happened.OperationLinked
    | happened.ServiceChecked
    | happened.StepFailed
    | happened.StepRecovered
    | happened.NextUpdateDue
    | happened.NextUpdateOverdue
    | happened.ResponseOverdue
    | happened.Escalated,
) -> tuple[Kind, str]:
    match event:
        case happened.ChannelCreated():
            return Kind.STEP, f"Channel #{event.name} created"
        case happened.OperationLinked():
            kind = Kind.PLAN if event.phase in _NOT_RUN else Kind.OPERATION
            return kind, f"{event.operation} {event.phase}: {event.summary}"
        case happened.ServiceChecked():
            return Kind.LOOK, f"{slash(event.line)}: {event.found}"
        case happened.StepFailed():
            said = _sentence(STEP_FAILED[event.step])
            return Kind.STEP, f"{said}: {event.why}" if event.why else said
        case happened.StepRecovered():
            return Kind.STEP, _sentence(STEP_DONE[event.step])
        case happened.NextUpdateDue():
            return Kind.CLOCK, f"The update promised for {event.promised:%H:%M} UTC is due soon"
        case happened.NextUpdateOverdue():
            return Kind.CLOCK, f"The update promised for {event.promised:%H:%M} UTC is overdue"
        case happened.ResponseOverdue():
            return Kind.CLOCK, f"Nobody had acknowledged by {event.due:%H:%M} UTC"
        case happened.Escalated():
            return Kind.CLOCK, f"Escalated to {event.level}: {', '.join(event.who)}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
