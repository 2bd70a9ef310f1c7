"""What must hold of promises: each that ran out unkept is told once, in time, and none that was kept."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from model.events import RecordedEvent
from model.incidents.events import NextUpdateOverdue, ResponseOverdue, Updated, from_recorded
from model.incidents.state import Incident
from tests.simulation.slack import key_of

if TYPE_CHECKING:
    from tests.simulation.world import World

CLOCKS = {
    "incident.next_update_due": "promised",
    "incident.next_update_overdue": "promised",
    "incident.response_overdue": "due",
    "incident.escalated": "level",
}
"""Each kind of alarm, and the field that names what it is about."""

LATE = timedelta(seconds=90)
"""How late an alarm may be recorded: a lost turn or two, a crash, and the next look."""

NEAR = timedelta(seconds=5)
"""What comes so near to a deadline may be taken to lie on either side of it."""


def at_rest(world: "World") -> Iterator[str]:
    """What does not hold at the end."""
    for incident in world.incidents():
        events = world.durable.journal.streams[incident.stream]
        yield from _once(world, incident, events)
        yield from _promises(incident, events)
        yield from _responses(incident, events)
        yield from _escalations(world, incident, events)


def _once(world: "World", incident: Incident, events: list[RecordedEvent]) -> Iterator[str]:
    """No alarm goes off twice, and each is told in one message."""
    rung = [one for one in events if one.type in CLOCKS]
    counted = Counter((one.type, str(one.data[CLOCKS[one.type]])) for one in rung)
    for (kind, about), count in counted.items():
        if count > 1:
            yield f"{incident.id}: {kind} {about} went off {count} times"
    for one in rung:
        key = f"inc:{incident.id}:{one.version}"
        told = [message for posted in world.slack.messages.values() for message in posted.values()]
        count = sum(key_of(message) == key for message in told)
        if not 1 <= count <= (2 if world.may_post_twice else 1):
            yield f"{incident.id}: {one.type} {one.version} was not told once"


def _promises(incident: Incident, events: list[RecordedEvent]) -> Iterator[str]:
    for number, event in enumerate(events):
        told = from_recorded(event)
        if not isinstance(told, Updated) or told.next_update_at is None:
            continue
        kept = [one for one in events[number + 1 :] if one.type in {"incident.updated", "incident.resolved"}]
        rung = [
            one.at
            for one in events
            if isinstance(from_recorded(one), NextUpdateOverdue)
            and one.data["promised"] == event.data["next_update_at"]
        ]
        yield from _rang(
            f"{incident.id}: the update promised for {told.next_update_at:%H:%M:%S}",
            told.next_update_at, kept[0].at if kept else None, rung,
        )  # fmt: skip


def _responses(incident: Incident, events: list[RecordedEvent]) -> Iterator[str]:
    """An acknowledgement in time stops the clock; so does another severity, or the end."""
    stops = {"incident.acknowledged", "incident.resolved", "incident.severity_changed"}
    acknowledged = [one.at for one in events if one.type == "incident.acknowledged"]
    for number, event in enumerate(events):
        due = event.data.get("respond_by")
        if event.type not in {"incident.declared", "incident.severity_changed"} or due is None:
            continue
        if acknowledged and acknowledged[0] <= event.at:
            continue
        later = [one for one in events[number + 1 :] if one.type in stops]
        rung = [
            one.at
            for one in events
            if isinstance(from_recorded(one), ResponseOverdue) and one.data["due"] == due
        ]
        if any(one.type == "incident.reopened" for one in events):
            continue  # its clocks were stopped and go on: what rang, rang once, which is looked at above
        by = datetime.fromisoformat(str(due))
        yield from _rang(
            f"{incident.id}: the answer due {by:%H:%M:%S}", by, later[0].at if later else None, rung
        )


def _rang(what: str, due: datetime, kept: datetime | None, rung: list[datetime]) -> Iterator[str]:
    if (kept is None or kept > due + LATE) and not rung:
        yield f"{what} did not come, and nobody was told"
    if kept is not None and kept < due - NEAR and rung:
        yield f"{what} came in time, and is called overdue"
    if rung and not due - NEAR <= rung[0] <= due + LATE:
        yield f"{what} is told at {rung[0]:%H:%M:%S}"


def _escalations(world: "World", incident: Incident, events: list[RecordedEvent]) -> Iterator[str]:
    """A level that is told until the end is told, if the end does not come before it."""
    matrix = world.system_of(incident).escalation
    ends = [one.at for one in events if one.type == "incident.resolved"]
    told = {str(one.data["level"]): one.at for one in events if one.type == "incident.escalated"}
    for level in matrix.levels if matrix else ():
        if level.after is None or level.only or level.until != "resolved":
            continue
        due = incident.declared_at + level.after
        is_late = level.name in told and told[level.name] > due + LATE
        if (not ends or ends[0] > due + LATE) and (level.name not in told or is_late):
            yield f"{incident.id}: {level.name} was due {due:%H:%M:%S}, told {told.get(level.name)}"
