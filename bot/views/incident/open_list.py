"""Open incidents, the worst first, each with what it waits for."""

from collections.abc import Sequence
from datetime import datetime

from bot.views.blocks import context, message, section
from bot.views.incident.headline import next_update, response
from bot.views.incident.words import first_line, fitting, mention, place
from bot.views.message import Message, safe
from model.incidents.state import Incident

SHOWN = 40
"""Incidents in one message at most (50 blocks at Slack)."""


def incident_list(incidents: Sequence[Incident], now: datetime) -> Message:
    """The incidents given, by severity, then the oldest first."""
    if not incidents:
        return message("No open incident.", [section("No open incident.")])
    ranked = sorted(incidents, key=lambda incident: (incident.rank, incident.declared_at, incident.id))
    items = [_item(incident, now) for incident in ranked[:SHOWN]]
    items = items[: fitting(items)]
    blocks = [section(item) for item in items]
    if len(ranked) > len(items):
        blocks.append(context(f"{len(ranked) - len(items)} more, less severe or newer"))
    count = "1 open incident" if len(ranked) == 1 else f"{len(ranked)} open incidents"
    return message(f"{count}. {first_line(ranked[0])}", blocks)


def _item(incident: Incident, now: datetime) -> str:
    where = f"{incident.id} · `{safe(incident.service, 60)}` · {place(incident)}"
    commander = f"incident commander {mention(incident.ic)}"
    return f"*{first_line(incident)}*\n{where} · {commander}\n{_waits(incident, now)}"


def _waits(incident: Incident, now: datetime) -> str:
    if not incident.is_open:
        return "Resolved"
    if not incident.is_acknowledged:
        return f"Response {response(incident, now)}"
    return f"Next update {next_update(incident, now)}"
