"""The clocks of an incident: what is due when, and what it means that a time has passed."""

from datetime import datetime, timedelta
from typing import Literal

from model.catalog.system import EscalationLevel, System
from model.events import Event
from model.incidents.events import (
    Escalated,
    NextUpdateDue,
    NextUpdateOverdue,
    ResponseOverdue,
    to_event,
)
from model.incidents.state import Incident, timer_key
from model.incidents.task_events import TaskDue
from model.plan import Value

ClockKind = Literal["response", "update_due", "update_overdue", "escalation", "task"]

REMIND_BEFORE = timedelta(minutes=5)
"""A promised update is reminded of so long before; a shorter promise at half its time."""


FIRST_AFTER = timedelta(minutes=1)
"""Nobody is told that nobody has answered before anybody could: “immediate” means at once, not sooner."""


class Clock(Value):
    """One thing to wake up for. `key` names this very deadline: a moved deadline has another key.

    level: of the escalation matrix, for escalations, or a task's number; who: whom the matrix says to tell.
    """

    key: str
    due_at: datetime
    kind: ClockKind
    level: str = ""
    who: tuple[str, ...] = ()


def clocks(incident: Incident, system: System) -> tuple[Clock, ...]:
    """The clocks that run and have not gone off, soonest first. None run for a resolved incident."""
    if not incident.is_open:
        return ()
    running = (*_response(incident), *_promise(incident), *_escalations(incident, system), *_tasks(incident))
    waiting = [clock for clock in running if clock.key.split("/", 1)[1] not in incident.fired]
    return tuple(sorted(waiting, key=lambda clock: (clock.due_at, clock.key)))


def fire(incident: Incident, system: System, now: datetime) -> tuple[Event, ...]:
    """What is due by now, as events. Once they are recorded, the same call gives nothing more."""
    due = [clock for clock in clocks(incident, system) if clock.due_at <= now]
    overdue = {clock.kind for clock in due}
    # Waking up after both have passed, a reminder would only repeat what is overdue.
    return tuple(
        _event(incident, clock)
        for clock in due
        if not (clock.kind == "update_due" and "update_overdue" in overdue)
    )


def _response(incident: Incident) -> list[Clock]:
    if incident.is_acknowledged or incident.respond_by is None:
        return []
    due = max(incident.respond_by, incident.declared_at + FIRST_AFTER)
    return [_clock(incident, "response", due, incident.respond_by)]


def _promise(incident: Incident) -> list[Clock]:
    promised, since = incident.next_update_at, incident.promised_at
    if promised is None or since is None:
        return []
    overdue = _clock(incident, "update_overdue", promised, promised)
    if timer_key("update_overdue", promised) in incident.fired:
        return []
    remind_at = promised - min(REMIND_BEFORE, (promised - since) / 2)
    return [_clock(incident, "update_due", remind_at, promised), overdue]


def _escalations(incident: Incident, system: System) -> list[Clock]:
    levels = system.escalation.levels if system.escalation else ()
    found: list[Clock] = []
    for level in levels:
        is_answered = incident.is_acknowledged and level.until == "acknowledged"
        if is_answered or level.after is None or (level.only and incident.severity not in level.only):
            continue
        if was_told(incident, level):
            continue
        due = incident.declared_at + max(level.after, FIRST_AFTER)
        clock = _clock(incident, "escalation", due, due, level.name)
        found.append(clock.model_copy(update={"who": level.who}))
    return found


def _tasks(incident: Incident) -> list[Clock]:
    waiting = [one for one in incident.tasks if one.due and one.done_by is None]
    return [_clock(incident, "task", one.due, one.due, str(one.number)) for one in waiting if one.due]


def was_told(incident: Incident, level: EscalationLevel) -> bool:
    """Whether a level was told already, by its clock or by someone."""
    return any(key.startswith(f"escalation:{level.name}:") for key in incident.fired)


def next_level(incident: Incident, system: System) -> EscalationLevel | None:
    """The next level to tell; the first one is told by the declaration itself. None when all were."""
    levels = system.escalation.levels[1:] if system.escalation else ()
    fitting = (one for one in levels if not one.only or incident.severity in one.only)
    return next((one for one in fitting if not was_told(incident, one)), None)


def _clock(incident: Incident, kind: ClockKind, due_at: datetime, about: datetime, level: str = "") -> Clock:
    return Clock(key=f"{incident.id}/{timer_key(kind, about, level)}", due_at=due_at, kind=kind, level=level)


def _event(incident: Incident, clock: Clock) -> Event:
    match clock.kind:
        case "response":
            return to_event(ResponseOverdue(due=incident.respond_by or clock.due_at))
        case "update_due":
            return to_event(NextUpdateDue(promised=incident.next_update_at or clock.due_at))
        case "update_overdue":
            return to_event(NextUpdateOverdue(promised=clock.due_at))
        case "task":
            return to_event(TaskDue(number=int(clock.level), due=clock.due_at))
        case "escalation":
            return to_event(Escalated(level=clock.level, who=clock.who, due=clock.due_at))
