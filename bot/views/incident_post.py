"""A status post: the service's communication template, in Slack."""

from datetime import datetime

from bot.views.build import context, message, section
from bot.views.incident_words import first_line, place, said, sections
from bot.views.message import Message
from model.catalog import System
from model.incidents.post import render_post
from model.incidents.state import Incident

_LONGEST_POST = 60_000
"""Characters of a rendered post; the template and its ten timeline lines stay far below."""

_MOST_SECTIONS = 40


def post(incident: Incident, system: System, now: datetime) -> Message:
    """The post of the incident folded up to the event that is posted. Raises what render_post raises."""
    rendered = said(render_post(incident, system, now), _LONGEST_POST)
    parts = sections(rendered)[:_MOST_SECTIONS]
    told = f"\n{said(incident.last_update.text, 1500)}" if incident.last_update else ""
    blocks = [*map(section, parts), context(f"{incident.id} · {place(incident)}")]
    return message(first_line(incident) + told, blocks)
