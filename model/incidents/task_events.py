"""Tasks of an incident: who does what until when, and what became of it."""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from model.people import Person
from model.value import Value


class TaskAdded(Value):
    """Something is to be done. number: counts the incident's tasks. owner: None while it is nobody's."""

    type: Literal["incident.task_added"] = "incident.task_added"
    number: int = Field(ge=1)
    text: str
    owner: Person | None = None
    due: AwareDatetime | None = None


class TaskDone(Value):
    """It is done."""

    type: Literal["incident.task_done"] = "incident.task_done"
    number: int = Field(ge=1)


class TaskDue(Value):
    """Its time has come and it is not done: whoever has it is reminded."""

    type: Literal["incident.task_due"] = "incident.task_due"
    number: int = Field(ge=1)
    due: AwareDatetime


class Task(Value):
    """A task as it stands. added_by, done_by: who said so."""

    number: int
    text: str
    owner: Person | None = None
    due: datetime | None = None
    added_by: Person
    done_by: Person | None = None
    done_at: datetime | None = None


TaskEvent = TaskAdded | TaskDone | TaskDue


def after(tasks: tuple[Task, ...], event: TaskEvent, who: Person, at: datetime) -> tuple[Task, ...]:
    """The tasks with this."""
    match event:
        case TaskAdded():
            added = Task(number=event.number, text=event.text, owner=event.owner, due=event.due, added_by=who)
            return (*tasks, added)
        case TaskDone():
            done = {"done_by": who, "done_at": at}
            return tuple(one.model_copy(update=done) if one.number == event.number else one for one in tasks)
        case TaskDue():
            return tasks


def open_tasks(tasks: tuple[Task, ...]) -> list[Task]:
    """Those that are not done, the next due first; those without a time last."""
    left = [one for one in tasks if one.done_by is None]
    return sorted(left, key=lambda one: (one.due is None, str(one.due), one.number))


def said_of(event: TaskEvent) -> str:
    """The line of the timeline."""
    match event:
        case TaskAdded():
            whose = f" ({event.owner.mention})" if event.owner else ""
            until = f", until {event.due:%H:%M} UTC" if event.due else ""
            return f"Task {event.number}{whose}{until}: {event.text}"
        case TaskDone():
            return f"Task {event.number} is done"
        case TaskDue():
            return f"Task {event.number} was due and is not done"
