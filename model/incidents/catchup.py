"""What somebody missed of an incident: made of its events, nothing guessed."""

from collections.abc import Iterator
from datetime import datetime

from model.incidents.state import Incident
from model.incidents.timeline import Kind, TimelineEntry
from model.people import Person
from model.plan import Value

LONGEST = 12
"""Entries that are told; older ones of the time are counted."""

_TELLS = frozenset(
    {
        Kind.DECLARED,
        Kind.STATUS,
        Kind.UPDATE,
        Kind.NOTE,
        Kind.SEVERITY,
        Kind.ROLE,
        Kind.OPERATION,
        Kind.CLOCK,
        Kind.STEP,
    }
)
"""What changes how an incident stands; looks, plans that nobody ran and ticks are in the timeline."""


class Missed(Value):
    """since: from when on it is told. was_here: whether they did something then, else it began then.

    entries: oldest first, of each operation its last; left_out: how many before them.
    """

    since: datetime
    was_here: bool
    entries: tuple[TimelineEntry, ...]
    left_out: int = 0


def missed(incident: Incident, person: Person, since: datetime | None = None) -> Missed:
    """What others did since this person last did something in the incident, or since a moment.

    Read from the newest entry back, as far as that reaches.
    """
    last = since or _last_done(incident, person)
    after = last or incident.declared_at
    news: list[TimelineEntry] = []
    seen = set[str]()
    left_out = 0
    for entry in reversed(incident.timeline):
        if entry.recorded_at < after or (last is not None and entry.recorded_at == after):
            if entry.at < after:
                break  # entries stand by when they happened: what comes before was known
            continue
        if entry.kind not in _TELLS or entry.who == person or _is_told(entry, seen):
            continue
        if len(news) == LONGEST:
            left_out += 1
        else:
            news.append(entry)
    return Missed(since=after, was_here=last is not None, entries=tuple(reversed(news)), left_out=left_out)


def _last_done(incident: Incident, person: Person) -> datetime | None:
    return max(_done_by(incident, person), default=None)


def _done_by(incident: Incident, person: Person) -> Iterator[datetime]:
    return (entry.recorded_at for entry in incident.timeline if entry.who == person)


def _is_told(entry: TimelineEntry, seen: set[str]) -> bool:
    """Whether a later phase of the same operation is told already."""
    if entry.kind is not Kind.OPERATION:
        return False
    operation = entry.text.split(" ", 1)[0]
    if operation in seen:
        return True
    seen.add(operation)
    return False
