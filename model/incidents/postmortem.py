"""The post-mortem document: what the timeline knows, and what people have to say."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from model.incidents.state import Incident
from model.incidents.timeline import ROLE_NAMES
from model.people import Person


def postmortem(incident: Incident, name: Callable[[Person], str]) -> str:
    """Markdown. `name` gives a person's name; times are UTC."""
    parts = [
        f"# {incident.id}: {incident.title}",
        _table(
            (
                ("Severity", incident.severity),
                ("Status", incident.status),
                ("Service", incident.service_name),
                ("Declared", f"{_utc(incident.declared_at)} by {name(incident.declared_by)}"),
                ("Acknowledged", _since(incident, incident.acknowledged_at)),
                ("Resolved", _since(incident, incident.resolved_at)),
                *((ROLE_NAMES[role], name(who)) for role, who in incident.roles.items() if who),
            )
        ),
        "## Impact",
        "\n".join(f"- {one}" for one in _impact(incident)) or _TO_WRITE,
        "## Root cause",
        _TO_WRITE,
        "## What was done",
        "\n".join(f"- {one.id} {one.phase}: {one.summary}" for one in incident.operations) or "- Nothing.",
        "## Timeline (UTC)",
        "\n".join(f"- {one.at:%Y-%m-%d %H:%M} {one.text} ({name(one.who)})" for one in incident.timeline),
        "## What went well",
        _TO_WRITE,
        "## What went badly",
        "\n".join([*(f"- {one.says}" for one in incident.degraded), _TO_WRITE]),
        "## Actions",
        "| what | who | until |\n|---|---|---|\n| | | |",
    ]
    text = "\n\n".join(parts) + "\n"
    team = incident.declared_by.team
    return _MENTION.sub(lambda found: name(Person(team=team, user=found[1])), text)


_MENTION = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^<>]*)?>")
_TO_WRITE = "- _To be written._"


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(["| | |", "|---|---|", *(f"| {what} | {value} |" for what, value in rows)])


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
