"""What may be done with an incident's tasks."""

import re
from datetime import datetime, timedelta

from model.events import Event
from model.incidents.events import to_event
from model.incidents.lifecycle import must_be_open, one_line
from model.incidents.state import Incident
from model.incidents.task_events import TaskAdded, TaskDone
from model.language.moment import When
from model.people import Person
from model.refusal import Refused
from model.slash import slash

MOST = 50
"""Tasks of one incident: more are for the tool that the team plans with."""

LONGEST = 300
_AT_THE_END = re.compile(r"\s*<@([UW][A-Z0-9]{2,20})>\s*$")


def add(
    incident: Incident, now: datetime, text: str, owner: Person | None, due: When | None, team: str
) -> tuple[Event, ...]:
    """A person at the end of the text is whose it is. team: the workspace that they are of.

    Raises Refused for an incident that is over, no text, too much of it, or a time that is over.
    """
    must_be_open(incident)
    if owner is None and (found := _AT_THE_END.search(text)):
        owner, text = Person(team=team, user=found[1]), text[: found.start()]
    words = one_line(text)
    if not words:
        raise Refused(
            "The task has no text.", f"Say what is to be done: {slash('incident task')} TEXT @who due=2h"
        )
    if len(words) > LONGEST:
        raise Refused(f"The task has {len(words)} characters; it takes up to {LONGEST}.")
    if len(incident.tasks) >= MOST:
        raise Refused(f"{incident.id} has {MOST} tasks, which is the most.")
    number = len(incident.tasks) + 1
    return (to_event(TaskAdded(number=number, text=words, owner=owner, due=_due(due, now))),)


def done(incident: Incident, number: int) -> tuple[Event, ...]:
    """Allowed after the end too. Raises Refused for one that there is not, or that is done."""
    found = next((one for one in incident.tasks if one.number == number), None)
    if found is None:
        raise Refused(
            f"{incident.id} has no task {number}.", f"Type {slash('incident tasks')} to see what there is."
        )
    if found.done_by is not None:
        raise Refused(f"Task {number} is done already.")
    return (to_event(TaskDone(number=number)),)


def _due(due: When | None, now: datetime) -> datetime | None:
    """A time of day that is over is tomorrow's. Raises Refused for another time that is over."""
    if due is None:
        return None
    at = due.moment(now)
    if at <= now and due.days == 0:
        at += timedelta(days=1)
    if at <= now:
        raise Refused("That time is over.", "Type when it is due: due=2h, or due=14:30 in UTC.")
    return at
