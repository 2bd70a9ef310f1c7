"""How an incident's parts read in Slack: its state, its people, and what people wrote about it."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.views.message import FITS, elapsed, safe, when
from model.events import RecordedEvent
from model.incidents.state import Incident
from model.people import Person

_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
_CUT_SHORT = re.compile(r"(?:&[a-z]{0,4}|<[^<>]*)$")


Name = Callable[[Person], str]
"""What people call a person: an update mentions nobody, as it asks nobody to act."""

MESSAGE = 9000
"""Characters of all blocks of a message; Slack refuses about 13,000 with `msg_blocks_too_long`, where
blocks count with their JSON (https://github.com/slackapi/bolt-js/issues/2509)."""


def state(incident: Incident) -> str:
    """`🔴 SEV2 Investigating`: the colour stands for the status, and never alone."""
    return f"{colour(incident)} {safe(incident.severity, 40)} {safe(incident.status, 40)}"


def first_line(incident: Incident) -> str:
    """Severity, status and title: what someone wants to know before anything else."""
    return f"{state(incident)}: {safe(incident.title, 400)}"


def mention(person: Person | None, nobody: str = "nobody yet") -> str:
    """The person as a mention, Muster itself by its name, or the words for nobody."""
    if person is None:
        return nobody
    return person.mention if _USER.fullmatch(person.user) else "Muster"


def place(incident: Incident) -> str:
    """The incident's own channel as a link, or why there is none."""
    return f"<#{incident.channel}>" if incident.channel else "no channel yet"


def sections(text: str, longest: int = FITS) -> list[str]:
    """Escaped text folded at line ends into parts that fit a section each; nothing is lost."""
    parts: list[str] = []
    current = ""
    for line in text.split("\n"):
        for piece in _pieces(line, longest):
            if current and len(current) + 1 + len(piece) > longest:
                parts.append(current)
                current = piece
            else:
                current = f"{current}\n{piece}" if current else piece
    return [*parts, current] if current.strip() else parts


def fitting(texts: Iterable[str], budget: int = MESSAGE) -> int:
    """How many of the texts, from the first on, fit into one message; at least one."""
    count, used = 0, 0
    for text in texts:
        used += len(text)
        if count and used > budget:
            break
        count += 1
    return count


def _pieces(line: str, longest: int) -> list[str]:
    """A line that is too long by itself, cut at a space, and never inside an entity or a mention."""
    pieces: list[str] = []
    while len(line) > longest:
        room = line[:longest]
        at = room.rfind(" ") if " " in room[longest // 2 :] else len(_CUT_SHORT.sub("", room))
        pieces.append(line[:at])
        line = line[at:].lstrip(" ")
    return [*pieces, line]


def colour(incident: Incident) -> str:
    """Red, orange, yellow, green: how far it is, by the order of its statuses; white for what was none."""
    if not incident.is_open:
        return "⚪" if incident.was_none else "🟢"
    last = len(incident.statuses) - 1
    at = incident.statuses.index(incident.status) if incident.status in incident.statuses else 0
    return ("🔴", "🟠", "🟡")[min(at, 2)] if at < last else "🟢"


def response(incident: Incident, now: datetime) -> str:
    """The response clock: met, due, overdue, or that the runbook has none."""
    due, answered = incident.respond_by, incident.acknowledged_at
    if answered is not None:
        after = elapsed(answered - incident.declared_at)
        by = mention(incident.acknowledged_by)
        late = " (late)" if due is not None and due > incident.declared_at and answered > due else ""
        return f"acknowledged by {by} after {after}{late}"
    if due is None:
        return "not acknowledged; the runbook sets no response time"
    if due == incident.declared_at:
        return "due at once; nobody has acknowledged"
    return f"overdue since {when(due)}" if now >= due else f"due {when(due)}"


def next_update(incident: Incident, now: datetime) -> str:
    """When people will hear again."""
    at = incident.next_update_at
    if at is None:
        return "not promised"
    return f"overdue since {when(at)}" if now >= at else when(at)


def severity_line(incident: Incident, event: RecordedEvent, name: Name) -> str:
    """`*SEV2 → SEV1* by Ana: All regions are down`."""
    was, now = safe(str(event.data.get("was", "")), 40), safe(incident.severity, 40)
    why = safe(str(event.data.get("because") or ""), 600)
    return f"*{was} → {now}* by {safe(name(author(event)), 80)}{f': {why}' if why else ''}"


def alerts_line(incident: Incident) -> str:
    """The alerts that are linked, those that fire first; the first four."""
    found = sorted(incident.alerts, key=lambda one: not one.is_firing)
    shown = [
        f"{'🔥' if one.is_firing else '✅'} {safe(one.title, 80)} ({safe(one.alert, 20)})"
        for one in found[:4]
    ]
    return " · ".join(shown) + (f" and {len(found) - 4} more" if len(found) > 4 else "")


def page_answer(incident: Incident, team: str = "") -> str:
    """What became of a page that was taken, as far as the pager says."""
    known = next((one for one in incident.pages_seen if one.team == team), None)
    match known.outcome if known else "":
        case "acknowledged" if known:
            return f" · acknowledged there by {safe(known.by, 80) or 'somebody'}"
        case "nothing":
            return " · *it opened no incident of it: nobody was alarmed*. Is its service disabled?"
        case _:
            return ""


def author(event: RecordedEvent) -> Person:
    """Who caused it."""
    return Person(team=event.who.team, user=event.who.user)
