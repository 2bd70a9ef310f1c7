"""An incident as its events leave it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from model.events import RecordedEvent
from model.incidents import events as happened
from model.incidents.alert_events import AlertChanged, AlertLinked
from model.incidents.alert_events import changed as alerts_after
from model.incidents.entries import Entries
from model.incidents.handoff_events import Handoff, HandoffDeclined, HandoffOffered, ended, offered
from model.incidents.on_call_events import Level, LevelsTold, OnCallFound, merged
from model.incidents.pager_events import PageSeen, seen
from model.incidents.task_events import Task, TaskAdded, TaskDone, TaskDue
from model.incidents.task_events import after as tasks_after
from model.incidents.timeline import STEP_FAILED, entry_of
from model.people import Person
from model.plan import Value


class Update(Value):
    """The last thing people were told, and when the next one was promised."""

    at: datetime
    who: Person
    text: str


_RUNS = frozenset({"awaiting approval", "ready", "applying", "watching"})
_WAITS = frozenset({"planned", "awaiting approval"})
_DONE = frozenset({"succeeded", "failed", "unknown", "superseded"})


class LinkedOperation(Value):
    """An operation as far as the incident's readers need it."""

    id: str
    service: str
    phase: str
    summary: str
    is_over: bool = False


class Page(Value):
    """A team that was paged. number: of its event; taken_at: None until the pager has taken it."""

    team: str
    text: str = ""
    by: Person
    number: int
    person: str = ""
    taken_at: datetime | None = None


class FailedEffect(Value):
    """An effect that is missing."""

    step: happened.EffectName
    why: str = ""
    will_retry: bool = True

    @property
    def says(self) -> str:
        """How it reads in the headline: `channel not created; retrying`."""
        return STEP_FAILED[self.step] + ("; retrying" if self.will_retry else "")


class Incident(BaseModel):
    """One incident. Times are UTC; `version` is the stream's.

    started_at: when it began, where somebody said so. asked_in: the channel it was declared in; channel: its
    own, empty until it exists. fired: keys of the clocks that have gone off. page_taken_at: when the pager
    took the incident's own alert.
    resolved_in: number of the event that resolved it last; ended: how it did.
    timeline: back-dated notes stand in their place.
    givers: role → everybody who gave it to the one who has it now, first to last.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    severity: str
    rank: int
    severity_set_by: Person | None = None
    system: str
    scheme: str = ""
    service: str
    service_name: str
    statuses: tuple[str, ...]
    status: str
    declared_by: Person
    declared_at: datetime
    started_at: datetime | None = None
    version: int = 0
    asked_in: str = ""
    channel: str = ""
    channel_name: str = ""
    respond_by: datetime | None = None
    acknowledged_by: Person | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    ic: Person | None = None
    comms: Person | None = None
    scribe: Person | None = None
    givers: dict[happened.Role, tuple[Person, ...]] = {}
    last_update: Update | None = None
    next_update_at: datetime | None = None
    promised_at: datetime | None = None
    impact: str = ""
    affected: str = ""
    customers: str = ""
    eta: str = ""
    actions: tuple[str, ...] = ()
    operations: tuple[LinkedOperation, ...] = ()
    degraded: tuple[FailedEffect, ...] = ()
    paged: tuple[Page, ...] = ()
    page_taken_at: datetime | None = None
    on_call: OnCallFound | None = None
    pages_seen: tuple[PageSeen, ...] = ()
    alerts: tuple[AlertLinked, ...] = ()
    tasks: tuple[Task, ...] = ()
    handoff: Handoff | None = None
    levels: tuple[Level, ...] = ()
    resolved_in: int = 0
    ended: happened.Ending = "resolved"
    ticked: frozenset[happened.Item] = frozenset()
    fired: frozenset[str] = frozenset()
    timeline: Entries = Entries()

    @property
    def stream(self) -> str:
        """Where its events are kept."""
        return f"inc:{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether it is not resolved."""
        return self.resolved_at is None

    @property
    def began_at(self) -> datetime:
        """When it began: as somebody said, else when it was declared."""
        return self.started_at or self.declared_at

    @property
    def was_none(self) -> bool:
        """Whether it ended as no incident at all: cancelled, or a false alarm."""
        return not self.is_open and self.ended != "resolved"

    @property
    def is_acknowledged(self) -> bool:
        """Whether someone has answered."""
        return self.acknowledged_at is not None

    @property
    def running(self) -> tuple[LinkedOperation, ...]:
        """Operations that somebody ran and that are not over; of an open one, what waits for approval too."""
        runs = _RUNS if self.is_open else _RUNS - {"awaiting approval"}
        return tuple(operation for operation in self.operations if operation.phase in runs)

    @property
    def waiting(self) -> tuple[LinkedOperation, ...]:
        """Plans that nobody ran, or that wait for approval: they are dropped when it is resolved."""
        return tuple(operation for operation in self.operations if operation.phase in _WAITS)

    @property
    def done(self) -> tuple[LinkedOperation, ...]:
        """Operations that changed something, or may have: what nobody ran is not among them."""
        return tuple(operation for operation in self.operations if operation.phase in _DONE)

    @property
    def roles(self) -> dict[happened.Role, Person | None]:
        """Who has which role."""
        return {"ic": self.ic, "comms": self.comms, "scribe": self.scribe}

    @property
    def acted(self) -> tuple[Person, ...]:
        """Who declared it, acknowledged it, set its severity or gave out its roles."""
        gave = [giver for givers in self.givers.values() for giver in givers]
        said = (self.declared_by, self.acknowledged_by, self.severity_set_by)
        return (*gave, *(person for person in said if person is not None))


def fold(records: Iterable[RecordedEvent], start: Incident | None = None) -> Incident | None:
    """The incident after these records, in order; None when there are none.

    Raises ValueError for a stream that does not begin with its declaration.
    """
    incident, timeline = start, start.timeline if start else Entries()
    for record in records:
        event = happened.from_recorded(record)
        incident = _after(incident, event, record)
        timeline = timeline.plus(entry_of(record, event))
    if incident is None or incident is start:
        return incident
    return incident.model_copy(update={"timeline": timeline})


def _after(incident: Incident | None, event: happened.IncidentEvent, record: RecordedEvent) -> Incident:
    who = Person(team=record.who.team, user=record.who.user)
    if isinstance(event, happened.Declared):
        if incident is not None:
            raise ValueError(f"{record.stream}: an incident is declared once")
        return _declared(event, who, record)
    if incident is None:
        raise ValueError(f"{record.stream} does not begin with incident.declared")
    changes = _changes(incident, event, who, record.at)
    match event:
        case happened.Paged():
            more: dict[str, Any] = {"paged": _paged(incident, event, who, record.version)}
        case TaskAdded() | TaskDone() | TaskDue():
            more = {"tasks": tasks_after(incident.tasks, event, who, record.at)}
        case happened.Resolved():
            over = ended(incident.handoff, None)
            more = {"resolved_in": record.version, "ended": event.ended, "handoff": over}
        case HandoffOffered():
            more = {"handoff": offered(incident.handoff, event, who, record.version)}
        case happened.Escalated():
            reached = Level(name=event.level, number=record.version, who=event.who)
            more = {"levels": (*incident.levels, reached)}
        case _:
            more = {}
    return incident.model_copy(update={**changes, **more, "version": record.version})


def _declared(event: happened.Declared, who: Person, record: RecordedEvent) -> Incident:
    return Incident(
        **event.model_dump(exclude={"type", "channel"}),
        asked_in=event.channel,
        status=event.statuses[0],
        declared_by=who,
        severity_set_by=who,
        declared_at=record.at,
        promised_at=record.at if event.next_update_at else None,
        version=record.version,
    )


def _changes(incident: Incident, event: happened.IncidentEvent, who: Person, at: datetime) -> dict[str, Any]:
    """The fields an event changes."""
    match event:
        case happened.Acknowledged():
            ticked = incident.ticked | {"acknowledge"}
            return {"acknowledged_by": who, "acknowledged_at": at, "ticked": ticked}
        case happened.SeverityChanged():
            changed = event.model_dump(include={"severity", "rank", "respond_by"})
            return {**changed, "severity_set_by": who}
        case happened.StatusChanged():
            return {"status": event.status}
        case happened.Updated():
            return _updated(incident, event, who, at)
        case happened.Started():
            return {"started_at": event.at}
        case happened.Promised():
            return {
                "next_update_at": event.next_update_at,
                "promised_at": at if event.next_update_at else None,
            }
        case happened.Resolved():
            return _resolved(incident, event, who, at)
        case happened.Reopened():
            told = Update(at=at, who=who, text=event.text) if event.text else incident.last_update
            ticked = incident.ticked - {"resolve"}
            return {"status": event.status, "resolved_at": None, "ticked": ticked, "last_update": told}
        case happened.RoleAssigned():
            over = {"handoff": ended(incident.handoff, event.person)} if event.role == "ic" else {}
            return {**_assigned(incident, event, event.handed_by or who), **over}
        case HandoffDeclined():
            said = {"outcome": "declined", "why": event.text}
            known = incident.handoff
            return {"handoff": known.model_copy(update=said) if known else None}
        case happened.Ticked():
            return {"ticked": incident.ticked | {event.item}}
        case happened.PageTaken():
            return _taken(incident, event, at)
        case _:
            return _changes_by_the_bot(incident, event)


def _paged(incident: Incident, event: happened.Paged, who: Person, number: int) -> tuple[Page, ...]:
    others = tuple(one for one in incident.paged if (one.team, one.person) != (event.team, event.person))
    paged = Page(team=event.team, person=event.person, text=event.text, by=who, number=number)
    return (*others, paged)


def _taken(incident: Incident, event: happened.PageTaken, at: datetime) -> dict[str, Any]:
    taken = {"taken_at": at}
    paged = tuple(one.model_copy(update=taken) if one.team in event.teams else one for one in incident.paged)
    return {"paged": paged, **({"page_taken_at": at} if event.is_own else {})}


def _assigned(incident: Incident, event: happened.RoleAssigned, who: Person) -> dict[str, Any]:
    """A role that is given once more keeps who gave it before: a later giver takes nothing away."""
    keeps = incident.roles[event.role] == event.person
    before = incident.givers.get(event.role, ()) if keeps else ()
    return {event.role: event.person, "givers": {**incident.givers, event.role: (*before, who)}}


def _changes_by_the_bot(incident: Incident, event: happened.IncidentEvent) -> dict[str, Any]:
    match event:
        case happened.ChannelCreated():
            degraded = _without(incident, "channel")
            return {"channel": event.channel, "channel_name": event.name, "degraded": degraded}
        case happened.OperationLinked():
            return {"operations": _linked(incident, event)}
        case happened.StepFailed():
            trouble = FailedEffect(**event.model_dump(exclude={"type"}))
            return {"degraded": (*_without(incident, event.step), trouble)}
        case happened.StepRecovered():
            return {"degraded": _without(incident, event.step)}
        case happened.NextUpdateDue():
            return {"fired": incident.fired | {timer_key("update_due", event.promised)}}
        case happened.NextUpdateOverdue():
            return {"fired": incident.fired | {timer_key("update_overdue", event.promised)}}
        case happened.ResponseOverdue():
            return {"fired": incident.fired | {timer_key("response", event.due)}}
        case TaskDue():
            return {"fired": incident.fired | {timer_key("task", event.due, str(event.number))}}
        case AlertLinked() | AlertChanged():
            return {"alerts": alerts_after(incident.alerts, event)}
        case PageSeen():
            return {"pages_seen": seen(incident.pages_seen, event)}
        case OnCallFound():
            return {"on_call": event}
        case LevelsTold():
            return {"levels": merged(incident.levels, event)}
        case happened.Escalated():
            return {"fired": incident.fired | {timer_key("escalation", event.due, event.level)}}
        case _:
            return {}


def timer_key(kind: str, due: datetime, level: str = "") -> str:
    """The name under which a clock that went off is remembered."""
    return ":".join(part for part in (kind, level, due.isoformat()) if part)


def _updated(incident: Incident, event: happened.Updated, who: Person, at: datetime) -> dict[str, Any]:
    said = event.model_dump(include={"status", "impact", "affected", "customers", "eta", "actions"})
    return {
        **{field: value for field, value in said.items() if value},
        "last_update": Update(at=at, who=who, text=event.text),
        "next_update_at": event.next_update_at,
        "promised_at": at if event.next_update_at else None,
        "ticked": incident.ticked | {"communicate"},
    }


def _resolved(incident: Incident, event: happened.Resolved, who: Person, at: datetime) -> dict[str, Any]:
    told = Update(at=at, who=who, text=event.text) if event.text else incident.last_update
    return {
        "status": event.status,
        "resolved_at": at,
        "last_update": told,
        "next_update_at": None,
        "promised_at": None,
        "ticked": incident.ticked | {"resolve"},
    }


def _linked(incident: Incident, event: happened.OperationLinked) -> tuple[LinkedOperation, ...]:
    """The operations in the order they began, this one as it is now."""
    fields = event.model_dump(exclude={"type", "operation"})
    linked = LinkedOperation(id=event.operation, **fields)
    if any(operation.id == linked.id for operation in incident.operations):
        return tuple(linked if old.id == linked.id else old for old in incident.operations)
    return (*incident.operations, linked)


def _without(incident: Incident, step: happened.EffectName) -> tuple[FailedEffect, ...]:
    return tuple(trouble for trouble in incident.degraded if trouble.step != step)
