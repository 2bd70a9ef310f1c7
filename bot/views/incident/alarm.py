"""A clock of an incident that went off, said in its channel to whom it concerns."""

from collections.abc import Callable
from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.ids import ActionId
from bot.views.blocks import HERE, actions, button, context, message, section
from bot.views.message import Message, safe, when
from bot.views.people_text import people_text
from model.events import RecordedEvent
from model.incidents.promise import drafted
from model.incidents.state import Incident
from model.language.text import escaped, quoted
from model.slash import slash

_OF_UPDATES = frozenset({"incident.next_update_due", "incident.next_update_overdue"})


def alarm(incident: Incident, event: RecordedEvent, group: Callable[[str], str]) -> Message:
    """One sentence that says what is due; for an update, its draft with buttons. `group` gives a mention."""
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
    small = context(f"{incident.severity} · {safe(incident.title, 300)}")
    draft = _draft(incident, event.version) if event.type in _OF_UPDATES else []
    return message(said, [section(said), *draft, small])


def _draft(incident: Incident, number: int) -> list[Block]:
    """What could be said, made of what happened since the last update, and what may be done with it.

    number: of the event that drafts it; who sends it later than another's update is told so.
    """
    text = drafted(incident, number)
    line = f"incident update incident={incident.id} draft={number} {quoted(escaped(text))}"
    later = f"incident promise incident={incident.id} 10m"
    return [
        section(f">{people_text(text, 1500)}"),
        actions(
            button("Send", ActionId("line", "ask", "send"), f"{HERE} {line}", "primary", about="the draft"),
            button("Edit", ActionId("incident", "update", "draft"), incident.id, about="the draft"),
            button("In 10 min", ActionId("line", "ask", "later"), f"{HERE} {later}", about="the next update"),
        ),
    ]
