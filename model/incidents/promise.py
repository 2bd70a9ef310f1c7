"""The next update: promised by who updates, else as the severity says; moved, and drafted when it is due."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from model.catalog.system import System
from model.incidents.state import Incident
from model.incidents.timeline import Kind, TimelineEntry
from model.refusal import Refused
from model.slash import slash

LONGEST = timedelta(days=7)
NONE = timedelta()
"""`next=none`: nothing is promised, whatever the severity says."""

LONGEST_DRAFT = 900
"""Characters of a draft: it has to fit a button's value beside its command."""


def promised_at(now: datetime, next: timedelta | None, every: timedelta | None) -> datetime | None:
    """When people hear again: as is said, else as the severity says. Raises Refused out of range."""
    chosen = every if next is None else next
    if chosen is None or chosen == NONE:
        return None
    if not NONE < chosen <= LONGEST:
        raise Refused("The next update cannot be promised for then.", "Type next=30m; the longest is 7d.")
    return now + chosen


def update_every(system: System, severity: str) -> timedelta | None:
    """How often people hear of an incident of this severity, where the catalog says so."""
    level = system.severities.level(severity)
    return level.update_every if level else None


def must_be_newest(incident: Incident, draft: int) -> None:
    """A draft is sent once, and not after somebody's own words. draft: number of the event it was made at.

    Raises Refused.
    """
    later = next(
        (one for one in reversed(incident.timeline) if one.kind is Kind.UPDATE and one.number > draft), None
    )
    if later is not None:
        raise Refused(
            f"{later.who.mention} posted an update at {later.at:%H:%M} UTC; this draft is older.",
            f"To say something new, type {slash('incident update')} TEXT.",
        )


def drafted(incident: Incident, upto: int) -> str:
    """What happened since the last update, in one paragraph; nothing that no event says.

    upto: number of the event that the draft is made at; what came after it is left out.
    """
    since = incident.last_update.at if incident.last_update else incident.declared_at
    said = [text for one in _since(incident, since, upto) if (text := _sentence(one))]
    runs = [f"{one.id} is running: {one.summary}" for one in incident.running[-2:]]
    if not said and not runs:
        return f"No change since {since:%H:%M} UTC; still {incident.status}."
    text = " ".join(f"{' '.join(one.split()).rstrip('.')}." for one in [*said, *runs])
    return text if len(text) <= LONGEST_DRAFT else text[: LONGEST_DRAFT - 1] + "…"


def _since(incident: Incident, since: datetime, upto: int) -> Iterator[TimelineEntry]:
    """Oldest first, of each operation only how it is last."""
    seen = set[str]()
    kept: list[TimelineEntry] = []
    for entry in reversed(incident.timeline):
        if entry.at < since:
            break
        operation = entry.text.split(" ", 1)[0] if entry.kind is Kind.OPERATION else ""
        if entry.number > upto or operation in seen:
            continue
        seen |= {operation} if operation else set()
        kept.append(entry)
    return reversed(kept)


def _sentence(entry: TimelineEntry) -> str:
    """Of an update people know; notes are for the record; what still runs is told apart."""
    match entry.kind:
        case Kind.SEVERITY:
            return entry.text
        case Kind.STATUS if entry.text.startswith("Status "):
            return entry.text
        case Kind.OPERATION if entry.text.split(" ", 2)[1].rstrip(":") in {"succeeded", "failed", "unknown"}:
            return entry.text
        case _:
            return ""
