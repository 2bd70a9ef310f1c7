"""A status post: the service's communication template, in Slack."""

from datetime import datetime

from bot.views.blocks import context, message, section
from bot.views.incident.words import first_line, fitting, place, sections
from bot.views.message import Message
from bot.views.people_text import people_text
from model.catalog.system import System
from model.incidents.post import render_post
from model.incidents.state import Incident

_LONGEST = 60_000
"""More characters than a rendered post can have: it is folded, not cut."""


def post(incident: Incident, system: System, now: datetime) -> Message:
    """The post of the incident folded up to the event that is posted. Raises what render_post raises."""
    rendered = people_text(render_post(incident, system, now).rstrip(), _LONGEST)
    parts = sections(rendered)
    shown = parts[: fitting(parts)]
    cut = " · cut here, the whole is in the timeline" if len(shown) < len(parts) else ""
    told = f"\n{people_text(incident.last_update.text, 1500)}" if incident.last_update else ""
    blocks = [*map(section, shown), context(f"{incident.id} · {place(incident)}{cut}")]
    return message(first_line(incident) + told, blocks)
