"""The timeline of an incident, the newest page first, nothing left out of its pages."""

from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import Block

from bot.ids import ActionId
from bot.views.blocks import actions, button, context, header, message, section
from bot.views.incident.words import MESSAGE, first_line, mention, sections
from bot.views.message import Message, when
from bot.views.people_text import people_text
from model.escape import entry as as_entry
from model.incidents.state import Incident
from model.incidents.timeline import TimelineEntry

PAGE = 30
"""Entries on a page at most; long ones make it fewer."""

_ENTRY = 2500
"""Characters of one entry's text as it is shown; what people write is at most 2,000."""

_AROUND, _MARKS = 120, 120
"""Characters around an entry's text, at most: number, time, person; and the marks that few have."""


def timeline(incident: Incident, page: int = 1) -> Message:
    """One page of the timeline, oldest entry of the page first; page 1 is the newest.

    A page out of range shows the nearest one. `Earlier` is `incident.timeline` of `INC-42 page=2`.
    """
    entries = incident.timeline
    number, start, end = 0, 0, 0
    for number, pair in enumerate(_pages(entries), 1):
        start, end = pair
        if number >= page:
            break
    corrected = entries.corrected_by
    lines = "\n".join(
        _line(entry, corrected.get(entry.number, 0), entry.number in entries.removed)
        for entry in entries[start:end]
    )
    blocks = [header(f"Timeline of {incident.id}"), *map(section, sections(lines))]
    blocks.append(context(_where(len(entries), start + 1, end)))
    blocks += [_earlier(incident, number + 1)] if start else []
    return message(f"Timeline of {incident.id}. {first_line(incident)}", blocks)


def _pages(entries: Sequence[TimelineEntry]) -> Iterator[tuple[int, int]]:
    """Start and end of each page, the newest first; a page fits into a message."""
    start = end = len(entries)
    used = 0
    for entry in reversed(entries):
        used += _length(entry)
        if start < end and (used > MESSAGE or end - start == PAGE):
            yield start, end
            end, used = start, _length(entry)
        start -= 1
    yield 0, end


def _length(entry: TimelineEntry) -> int:
    """About how long the line is, escapes counted, without making it."""
    text = entry.text
    escapes = 4 * text.count("&") + 3 * (text.count("<") + text.count(">")) + 5 * text.count("\n")
    marks = _MARKS if entry.is_back_dated or entry.corrects else 0
    return min(len(text) + escapes, _ENTRY) + _AROUND + marks


def _line(entry: TimelineEntry, corrected_by: int, is_removed: bool) -> str:
    marks = [f"noted {when(entry.recorded_at)}"] if entry.is_back_dated else []
    marks += [f"corrects {entry.corrects}"] if entry.corrects and not entry.removes else []
    marks += [f"{'removed' if is_removed else 'corrected'} by {corrected_by}"] if corrected_by else []
    small = f" _({', '.join(marks)})_" if marks else ""
    first, *more = as_entry(people_text(entry.text, _ENTRY)).split("\n")
    first = f"~{first.replace('~', '∼')}~" if is_removed else first
    whole = f"`{entry.number}` {when(entry.at)} · {first} · {mention(entry.who)}{small}"
    return "\n".join([whole, *more])


def _where(total: int, first: int, last: int) -> str:
    if (first, last) == (1, total):
        return "1 entry" if total == 1 else f"{total} entries"
    return f"Entries {first:,} to {last:,} of {total:,}"


def _earlier(incident: Incident, page: int) -> Block:
    """To the page before; the pages after it stand above it in the channel already."""
    return actions(button("Earlier", ActionId("incident", "timeline"), f"{incident.id} page={page}"))
