"""An incident in #incidents: one message, kept current."""

from datetime import datetime

from slack_sdk.models.blocks import ButtonElement

from bot.ids import ActionId
from bot.views.blocks import button, context, message, section
from bot.views.incident.words import first_line, mention, place, response
from bot.views.message import Message, when
from model.incidents.state import Incident


def announcement(incident: Incident, now: datetime) -> Message:
    """What it is, where it is handled, who leads."""
    first = first_line(incident)
    where = f"{place(incident)} · `{incident.service}` · IC {mention(incident.ic, 'nobody yet')}"
    ended = f"{incident.ended} {when(incident.resolved_at or now)}"
    waits = response(incident, now) if incident.is_open else ended
    small = f"{incident.id} · declared by {incident.declared_by.mention} · {waits}"
    blocks = [section(f"*{first}*\n{where}", _acknowledge(incident)), context(small)]
    return message(f"{first} {incident.id}", blocks)


def _acknowledge(incident: Incident) -> ButtonElement | None:
    if not incident.is_open or incident.is_acknowledged:
        return None
    return button("Acknowledge", ActionId("incident", "ack"), incident.id, "primary")
