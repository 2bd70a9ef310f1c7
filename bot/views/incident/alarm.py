"""A clock of an incident that went off, said in its channel to whom it concerns."""

from collections.abc import Callable
from datetime import datetime

from bot.views.blocks import context, message, section
from bot.views.message import Message, safe, when
from model.events import RecordedEvent
from model.incidents.state import Incident
from model.slash import slash


def alarm(incident: Incident, event: RecordedEvent, group: Callable[[str], str]) -> Message:
    """One sentence that says what is due and what to type. `group` gives a group's mention."""
    commander = incident.ic.mention if incident.ic else "There is no incident commander"
    match event.type:
        case "incident.response_overdue":
            said = f"⏰ Nobody has acknowledged {incident.id} in time. Type `{slash('incident ack')}`."
        case "incident.next_update_due":
            promised = when(datetime.fromisoformat(str(event.data["promised"])))
            said = f"⏰ {commander}: the next update is promised for {promised}. `{slash('incident update')}`"
        case "incident.next_update_overdue":
            said = f"⏰ {commander}: the promised update is overdue. `{slash('incident update')}`"
        case _:
            who = event.data.get("who")
            named = [group(str(one)) for one in who] if isinstance(who, list) else []
            level = safe(str(event.data.get("level", "")), 200)
            why = "is still open" if incident.is_acknowledged else "has not been acknowledged"
            said = f"⏰ Escalated to {level}: {', '.join(named)}. {incident.id} {why}."
    return message(said, [section(said), context(f"{incident.severity} · {safe(incident.title, 300)}")])
