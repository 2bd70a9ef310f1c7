"""The timeline of an incident, the newest page first, nothing left out of its pages."""

from slack_sdk.models.blocks import Block

from bot.views.build import actions, button, context, header, message, section
from bot.views.incident_words import first_line, said, sections
from bot.views.message import Message, when
from model.incidents.state import Incident
from model.incidents.timeline import TimelineEntry

PAGE = 30
"""Entries on a page: at 2,900 characters the longest of them still fit Slack's 50 blocks."""


def timeline(incident: Incident, page: int = 1) -> Message:
    """One page of the timeline, oldest entry of the page first; page 1 is the newest.

    A page out of range shows the nearest one. Buttons `incident.page` have the value `INC-42:2`.
    """
    entries = incident.timeline
    pages = max(1, -(-len(entries) // PAGE))
    page = min(max(page, 1), pages)
    end = len(entries) - (page - 1) * PAGE
    shown = entries[max(0, end - PAGE) : end]
    corrected = {entry.corrects: entry.number for entry in entries if entry.corrects}
    lines = "\n".join(_line(entry, corrected.get(entry.number, 0)) for entry in shown)
    blocks = [header(f"Timeline of {incident.id}"), *map(section, sections(lines))]
    blocks.append(context(_where(len(entries), max(0, end - PAGE) + 1, end)))
    blocks += _turn(incident, page, pages)
    return message(f"Timeline of {incident.id}. {first_line(incident)}", blocks)


def _line(entry: TimelineEntry, corrected_by: int) -> str:
    marks = [f"noted {when(entry.recorded_at)}"] if entry.is_back_dated else []
    marks += [f"corrects {entry.corrects}"] if entry.corrects else []
    marks += [f"corrected by {corrected_by}"] if corrected_by else []
    small = f" _({', '.join(marks)})_" if marks else ""
    return f"`{entry.number}` {when(entry.at)} · {said(entry.text, 2500)} · {entry.who.mention}{small}"


def _where(total: int, first: int, last: int) -> str:
    return f"Entries {first:,} to {last:,} of {total:,}" if total > PAGE else f"{total} entries"


def _turn(incident: Incident, page: int, pages: int) -> list[Block]:
    earlier = [button("Earlier", "incident.page", f"{incident.id}:{page + 1}")] if page < pages else []
    later = [button("Later", "incident.page", f"{incident.id}:{page - 1}")] if page > 1 else []
    return [actions(*earlier, *later)] if earlier or later else []
