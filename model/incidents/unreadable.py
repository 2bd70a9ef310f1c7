"""An open incident that this version of Muster cannot read, and what it is safe to know of it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from model.events import RecordedEvent
from model.incidents.events import from_recorded
from model.incidents.state import Incident
from model.refusal import Refused


@dataclass(frozen=True)
class UnreadableIncident:
    """why: what people are told who ask for it. channel: empty where it has none, or none that is known.

    names: what may be services it is about: the one it was declared on, and whatever cannot be read names.
    """

    id: str
    why: Refused
    channel: str
    names: frozenset[str]

    def services(self, known: Collection[str]) -> frozenset[str]:
        """Those of the services that it may be about; none where it says nothing: then it may be any."""
        return self.names.intersection(known)


def unreadable(
    id: str, why: Refused, before: Incident | None, news: Sequence[RecordedEvent]
) -> UnreadableIncident:
    """before: the incident as far as it was read; news: the events from there on."""
    names = {before.service} if before else set[str]()
    channel = before.channel if before else ""
    for one in news:
        if one.type == "incident.channel_created":
            channel = str(one.data.get("channel") or channel)
        if one.type == "incident.declared":
            names.add(str(one.data.get("service", "")))
        elif not _can_be_read(one):
            names.update(_words(one.data.values()))
    return UnreadableIncident(id, why, channel, frozenset(names - {""}))


def is_over(news: Iterable[RecordedEvent]) -> bool:
    """Whether the last that is said of its end is that it is over."""
    ends = [one.type for one in news if one.type in {"incident.resolved", "incident.reopened"}]
    return ends[-1:] == ["incident.resolved"]


def _can_be_read(one: RecordedEvent) -> bool:
    try:
        from_recorded(one)
    except (Refused, ValueError):
        return False
    return True


def _words(values: Iterable[JsonValue]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from _words(value)
        elif isinstance(value, dict):
            yield from _words(value.values())
