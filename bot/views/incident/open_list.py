"""Open incidents, the worst first, each with what it waits for."""

from collections.abc import Collection, Iterable
from datetime import datetime
from heapq import nsmallest

from bot.views.blocks import context, message, section
from bot.views.incident.words import first_line, mention, next_update, place, response
from bot.views.message import FITS, Message, safe
from model.incidents.state import Incident
from model.incidents.unreadable import UnreadableIncident
from model.slash import slash

PAGE = 10
"""Incidents on a page."""


def incident_list(
    incidents: Collection[Incident],
    now: datetime,
    page: int = 1,
    unreadable: Collection[UnreadableIncident] = (),
) -> Message:
    """A page of the incidents given, by severity, then the oldest first; past the end, the last page.

    unreadable: stand before them on every page, as nobody can say how severe they are.
    """
    unread = [section(_unreadable(one)) for one in list(unreadable)[:PAGE]]
    if not incidents:
        none = "No other incident is open." if unread else "No open incident."
        return message(none, [*unread, section(none)])
    start = PAGE * (min(page, -(-len(incidents) // PAGE)) - 1)
    ranked = nsmallest(start + PAGE, incidents, key=lambda one: (one.rank, one.declared_at, one.id))
    blocks = unread + [section(text) for text in _together(_item(one, now) for one in ranked[start:])]
    if left_out := len(incidents) - len(ranked):
        blocks.append(
            context(f"{left_out} more, less severe or newer: `{slash('incident list')} page={page + 1}`")
        )
    count = "1 open incident" if len(incidents) == 1 else f"{len(incidents)} open incidents"
    return message(f"{count}. {first_line(ranked[0])}", blocks)


def _together(items: Iterable[str]) -> list[str]:
    """As many in one block as fit: to make a block takes longer than what stands in it."""
    blocks: list[str] = []
    for item in items:
        if blocks and len(blocks[-1]) + len(item) + 2 <= FITS:
            blocks[-1] += f"\n\n{item}"
        else:
            blocks.append(item)
    return blocks


def _item(incident: Incident, now: datetime) -> str:
    where = f"{incident.id} · `{safe(incident.service, 60)}` · {place(incident)}"
    commander = f"incident commander {mention(incident.ic)}"
    return f"*{first_line(incident)}*\n{where} · {commander}\n{_waits(incident, now)}"


def _unreadable(one: UnreadableIncident) -> str:
    where = f" · <#{one.channel}>" if one.channel else ""
    return f"⚠️ *{one.id} is open and cannot be read here*{where}\n{safe(str(one.why), 600)}"


def _waits(incident: Incident, now: datetime) -> str:
    if not incident.is_open:
        return incident.ended.capitalize()
    if not incident.is_acknowledged:
        return f"Response {response(incident, now)}"
    return f"Next update {next_update(incident, now)}"
