"""One line for whoever typed: what came of it, and where it shows."""

from collections.abc import Sequence

from bot.views.incident.words import mention, place
from bot.views.message import Message, safe, when
from model.events import RecordedEvent
from model.incidents import events as happened
from model.incidents.alert_events import AlertLinked
from model.incidents.checklist import SAYS
from model.incidents.handoff_events import HandoffDeclined, HandoffOffered
from model.incidents.state import Incident
from model.incidents.task_events import TaskAdded, TaskDone
from model.incidents.timeline import ROLE_NAMES
from model.outcomes import Outcome, UpdateIncident, UpdateOperation


def answered(outcome: Outcome, news: Sequence[RecordedEvent], channel: str) -> Message | None:
    """`Noted at 02:05 · entry 8`. None where the channel's own message is the answer.

    news: what was recorded of the outcome; channel: where it was asked.
    """
    match outcome:
        case UpdateIncident(incident=Incident() as incident):
            own = [one for one in news if one.stream == incident.stream]
            lines = [line for one in own if (line := _line(incident, one))]
            said = f"{' '.join(lines) or f'{incident.id}: taken.'}{_where(incident, channel)}"
            return Message(text=said)
        case UpdateOperation(operation) if operation.channel != channel:
            return Message(text=f"{operation.id}: taken; it shows in <#{operation.channel}>.")
        case _:
            return None


def _line(incident: Incident, record: RecordedEvent) -> str:
    event, id = happened.from_recorded(record), incident.id
    match event:
        case happened.Noted():
            if event.removes:
                return f"Entry {event.corrects} of {id} is struck out; it stays in the record."
            corrected = f"; it corrects entry {event.corrects}" if event.corrects else ""
            return f"Noted · {when(event.at or record.at)} · entry {record.version} of {id}{corrected}."
        case happened.Acknowledged():
            return f"{id} is acknowledged; its response clock has stopped."
        case happened.SeverityChanged():
            return f"{id} is {safe(event.severity, 40)} now; it was {safe(event.was, 40)}."
        case happened.StatusChanged():
            return f"{id} is {safe(event.status, 40)} now; posted."
        case happened.Updated():
            at = event.next_update_at
            promised = f"the next update is promised for {when(at)}" if at else ""
            return f"{id}: posted; {promised or 'no next update is promised; `next=30m` promises one'}."
        case happened.Started():
            return f"{id} began {when(event.at)}; durations count from then."
        case happened.Promised():
            at = event.next_update_at
            return (
                f"{id}: the next update is promised for {when(at)}." if at else f"{id}: none is promised now."
            )
        case happened.RoleAssigned():
            return f"{mention(event.person)} is {_role(event.role)} of {id}."
        case happened.Ticked():
            return f"Ticked: {SAYS[event.item]}."
        case _:
            return _rest(incident, event)


def _rest(incident: Incident, event: happened.IncidentEvent) -> str:
    id = incident.id
    match event:
        case happened.Resolved():
            left = sum(1 for one in incident.tasks if one.done_by is None)
            count = "1 task is" if left == 1 else f"{left} tasks are"
            tasks = f" {count} still open: an action of the post-mortem each." if left else ""
            return f"{id} is {'a false alarm' if event.ended == 'false alarm' else event.ended}.{tasks}"
        case happened.Reopened():
            return f"{id} is open again."
        case HandoffOffered():
            return f"{mention(event.person)} is asked to take {id} over; you lead it until they accept."
        case HandoffDeclined():
            return f"You did not take {id}; whoever offered it is told."
        case TaskAdded():
            until = f", due {when(event.due)}" if event.due else ""
            return f"Task {event.number} of {id} is noted{until}."
        case TaskDone():
            return f"Task {event.number} of {id} is done."
        case AlertLinked():
            return f"{safe(event.alert, 20)} is linked to {id}."
        case happened.Escalated():
            return f"{id}: {safe(event.level, 100)} is told."
        case happened.Paged():
            if event.person:
                return f"<@{event.person}> is mentioned and invited; no pager calls a person."
            return f"{safe(event.team, 80)} is being paged; its line says when PagerDuty has taken it."
        case happened.PostmortemDrafted():
            under = "the post that resolved it" if incident.resolved_in else "the headline"
            return f"The post-mortem of {id} is being drafted; it comes into the thread of {under}."
        case _:
            return ""


def _role(role: happened.Role) -> str:
    name = ROLE_NAMES[role]
    return name[:1].lower() + name[1:]


def _where(incident: Incident, channel: str) -> str:
    if any("is_archived" in trouble.why for trouble in incident.degraded):  # Slack said so of a post
        place_ = place(incident)
        return (
            f" Its channel {place_} is archived, so it shows in #incidents only."
            " Unarchive the channel to go on there; apps cannot."
        )
    return f" It shows in {place(incident)}." if incident.channel not in ("", channel) else ""
