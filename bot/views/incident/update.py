"""An update as it is read on a phone: one line that says it, then impact and what is being done."""

from slack_sdk.models.blocks import Block

from bot.ids import ActionId
from bot.views.blocks import actions, button, context, message, section
from bot.views.incident.words import Name, author, place, sections, severity_line, state
from bot.views.message import Message, elapsed, safe, when
from bot.views.people_text import people_text
from model.events import RecordedEvent
from model.incidents.events import POSTED
from model.incidents.state import Incident

_IN_LINE = 160
"""Characters of what was told that stand in the first line: two lines on a phone. Longer text follows it."""

BROADCAST = frozenset(
    {
        *("incident.severity_changed", "incident.resolved", "incident.reopened"),
        *("incident.response_overdue", "incident.next_update_overdue"),
    }
)
"""Types of event that the whole of #incidents is told; all others stand in the thread there."""


def update(incident: Incident, event: RecordedEvent, name: Name) -> Message:
    """In the incident's own channel. incident: folded up to the event, which is one of POSTED."""
    told = _told(event)
    is_short = len(told) <= _IN_LINE and "\n" not in told
    first = _line(incident, told if is_short else "", name)
    words = _line(incident, " ".join(told.split()), name, mark=False)
    blocks: list[Block] = [section(first)]
    if not is_short:
        blocks += map(section, sections(people_text(told, 9000)))
    if details := _details(incident):
        blocks.append(section(details))
    blocks.append(context(f"{incident.id} · by {safe(name(author(event)), 80)}"))
    blocks.append(_buttons(incident, event))
    return message(words, blocks)


def broadcast(incident: Incident, event: RecordedEvent, name: Name) -> Message:
    """In #incidents, for everybody there: one line that says which incident, and where it goes on."""
    which = f"*{incident.id}* {safe(incident.title, 200)}"
    match event.type:
        case "incident.response_overdue":
            told = "⏰ Nobody has acknowledged it in time"
        case "incident.next_update_overdue":
            told = f"⏰ The promised update is overdue{_leader(incident, name)}"
        case "incident.severity_changed":
            told = severity_line(incident, event, name)
        case _:
            told = _line(incident, " ".join(_told(event).split()), name)
    said = f"{told}\n{which} · {place(incident)}"
    return message(said.replace("*", ""), [section(said)])


def _line(incident: Incident, told: str, name: Name, *, mark: bool = True) -> str:
    """What it is, what is new, when the next update comes, who leads."""
    said = state(incident)
    if incident.resolved_at is not None:
        said = f"{said} after {elapsed(incident.resolved_at - incident.began_at)}"
    parts = [f"*{said}*" if mark else said]
    parts += [people_text(told, 1500)] if told else []
    if incident.next_update_at is not None:
        parts.append(f"next update {when(incident.next_update_at)}")
    return " · ".join(parts) + _leader(incident, name)


def _leader(incident: Incident, name: Name) -> str:
    if incident.ic is None:
        return " · nobody leads yet" if incident.is_open else ""
    return f" · {safe(name(incident.ic), 80)} {'leads' if incident.is_open else 'led'}"


def _told(event: RecordedEvent) -> str:
    assert event.type in POSTED
    return str(event.data.get("text") or "").strip()


def _details(incident: Incident) -> str:
    """What is known of impact and action, a line each; what nobody has said is not there."""
    running = [f"{one.id}: {one.summary}" for one in incident.running]
    doing = [*incident.actions, *running] if incident.is_open else running
    facts = {
        "Impact": incident.impact,
        "Affected": incident.affected,
        "Customers": incident.customers,
        "ETA": incident.eta if incident.is_open else "",
        "Doing" if incident.is_open else "Still running": " · ".join(doing),
    }
    return "\n".join(f"*{label}* {people_text(text.strip(), 550)}" for label, text in facts.items() if text)


def _buttons(incident: Incident, event: RecordedEvent) -> Block:
    copy = button("Copy as text", ActionId("incident", "text"), incident.id)
    if event.type != "incident.resolved" or incident.was_none:
        return actions(copy)
    return actions(button("Draft post-mortem", ActionId("incident", "postmortem"), incident.id), copy)
