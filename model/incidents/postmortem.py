"""The post-mortem document: what the timeline knows, and what people have to say."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from model.escape import markdown, markdown_entry
from model.incidents.background import Background
from model.incidents.state import Incident
from model.incidents.timeline import ROLE_NAMES, Kind, TimelineEntry
from model.people import Person


def postmortem(
    incident: Incident, name: Callable[[Person], str], background: Background | None = None
) -> str:
    """Markdown. `name` gives a person's name; times are UTC. Foreign text makes no Markdown.

    background: None where only the incident itself is known; what changed before is then not spoken of.
    """
    words = _Words(incident.declared_by.team, name)
    parts = [
        f"# {incident.id}: {words.line(incident.title)}",
        _table(
            (
                ("Severity", words.line(incident.severity)),
                ("Status", words.line(incident.status)),
                ("Service", words.line(incident.service_name)),
                ("Declared", f"{_utc(incident.declared_at)} by {words.of(incident.declared_by)}"),
                ("Acknowledged", _since(incident, incident.acknowledged_at)),
                *_milestones(incident, background),
                ("Resolved", _since(incident, incident.resolved_at)),
                *((ROLE_NAMES[role], words.of(who)) for role, who in incident.roles.items() if who),
            )
        ),
        "## Impact",
        "\n".join(f"- {words.entry(one)}" for one in _impact(incident)) or _TO_WRITE,
        "## Root cause",
        _TO_WRITE,
        "## Contributing factors",
        _FACTORS,
        *_before(background, words),
        "## What was done",
        "\n".join(f"- {one.id} {one.phase}: {words.entry(one.summary)}" for one in incident.done)
        or "- Nothing.",
        "## Decisions",
        "\n".join(_happened(one, words) for one in incident.timeline if one.kind in _DECISIONS) or "- None.",
        "## Timeline (UTC)",
        "\n".join(_happened(one, words) for one in incident.timeline),
        "## What went well",
        _TO_WRITE,
        "## What went badly",
        "\n".join([*(f"- {words.entry(one.says)}" for one in incident.degraded), _TO_WRITE]),
        "## Actions",
        "\n".join(["| what | who | until |", "|---|---|---|", *_actions(incident, words), "| | | |"]),
    ]
    return "\n\n".join(parts) + "\n"


@dataclass(frozen=True)
class _Words:
    """Foreign text as Markdown, people in it by their names."""

    team: str
    name: Callable[[Person], str]

    def of(self, person: Person) -> str:
        """A person's name."""
        return markdown(self.name(person))

    def line(self, text: str) -> str:
        """In one line."""
        return markdown(self._named(text))

    def entry(self, text: str) -> str:
        """As one item of a list, whatever lines it has."""
        return markdown_entry(self._named(text))

    def _named(self, text: str) -> str:
        return _MENTION.sub(lambda found: self.name(Person(team=self.team, user=found[1])), text)


def _happened(entry: TimelineEntry, words: _Words) -> str:
    """One item of the timeline; who wrote it ends its first line, before any further line of theirs."""
    first, *more = words.entry(entry.text).split("\n")
    return "\n".join([f"- {entry.at:%Y-%m-%d %H:%M} {first} ({words.of(entry.who)})", *more])


_MENTION = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^<>]*)?>")
_TO_WRITE = "- _To be written._"
_DECISIONS = frozenset({Kind.SEVERITY, Kind.ROLE, Kind.OPERATION})
_FACTORS = "\n".join(
    f"- {what}: _to be written_"
    for what in ("What made it possible", "What made it worse", "What kept us from seeing it sooner")
)


def _milestones(incident: Incident, background: Background | None) -> list[tuple[str, str]]:
    """What only the notes and the checklist tell; nothing where they do not."""
    rows: list[tuple[str, str]] = []
    if background and background.began_at:
        length = _length(incident.declared_at - background.began_at)
        rows.append(("Began", f"{_utc(background.began_at)}, {length} before it was declared"))
    if background and background.mitigated_at:
        rows.append(("Mitigated", _since(incident, background.mitigated_at)))
    return rows


def _before(background: Background | None, words: "_Words") -> list[str]:
    """Changes of the day before, the last one first."""
    if background is None:
        return []
    lines = [
        f"- {_utc(one.at)} {one.operation} on {words.line(one.service)}: {words.line(one.summary)}"
        + (f" ({one.verdict})" if one.verdict else "")
        for one in background.before
    ]
    if background.left_out:
        lines.append(f"- and {background.left_out:,} earlier ones")
    said = "\n".join(lines) or "- Nothing through Muster, of this service or its system."
    return ["## What changed in the 24 hours before", said]


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(["| | |", "|---|---|", *(f"| {what} | {value} |" for what, value in rows)])


def _actions(incident: Incident, words: _Words) -> list[str]:
    """Tasks that are still open; what is done stands in the timeline."""
    return [
        f"| {words.line(one.text)} | {words.of(one.owner) if one.owner else ''} "
        f"| {_utc(one.due) if one.due else ''} |"
        for one in incident.tasks
        if one.done_by is None
    ]


def _impact(incident: Incident) -> list[str]:
    named = {
        "": incident.impact,
        "Affected: ": incident.affected,
        "Customers: ": incident.customers,
    }
    return [f"{what}{said}" for what, said in named.items() if said]


def _since(incident: Incident, at: datetime | None) -> str:
    """A moment, and how long after the declaration it was."""
    if at is None:
        return "not yet"
    return f"{_utc(at)}, after {_length(at - incident.declared_at)}"


def _length(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
