"""Status posts: the service's own communication template, filled from what is known and nothing else."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from model.catalog.system import System
from model.incidents.events import Ending
from model.incidents.lifecycle import one_line
from model.incidents.state import Incident
from model.incidents.timeline import Kind, TimelineEntry
from model.slash import slash

UNKNOWN = "Not yet known"
"""What a post says where nobody has said anything: it is never guessed."""

_OVER: dict[Ending, str] = {
    "resolved": "None, the incident is resolved",
    "cancelled": "None, it was no incident",
    "false alarm": "None, it was a false alarm",
}

LONGEST_TIMELINE = 10
"""Lines of the timeline in a post; the whole of it is in `/incident timeline`."""

_TOLD = frozenset({Kind.DECLARED, Kind.STATUS, Kind.UPDATE, Kind.NOTE, Kind.SEVERITY, Kind.OPERATION})

LONGEST_LINE = 300
"""Characters of one line of that timeline: a message holds about 13,000 in all at Slack."""

PLAIN = """\
[{{ severity }}] {{ service }} - {{ title }}

Status: {{ status }}

Impact:
{% for line in impact %}
- {{ line }}
{% endfor %}

Timeline:
{% for hhmm, event in timeline %}
- {{ hhmm }} UTC - {{ event }}
{% endfor %}

Current actions:
{% for line in actions %}
- {{ line }}
{% endfor %}

Next update: {{ next_update }}
"""
"""For systems whose runbook has no template of its own."""


def render_post(incident: Incident, system: System, now: datetime) -> str:
    """The post for the incident as it stands, as plain text without Slack's markup (mentions excepted).

    `incident` is folded up to the event that is posted; `now` only decides which times need a date.
    Raises jinja2.TemplateError for a template that asks for what there is not (the loader refuses such).
    """
    return fill(system, variables(incident, system, now))


def fill(system: System, values: dict[str, object]) -> str:
    """The system's communication template with these values, as `variables` names them."""
    return _template(_text(system)).render(values).strip() + "\n"


def variables(incident: Incident, system: System, now: datetime) -> dict[str, object]:
    """What a template may use.

    Text: severity, service, title, status, next_update, started (ISO 8601 UTC), eta, customers, affected,
    updates_url, questions. Lists of text: impact, actions. timeline: pairs (HH:MM, event), oldest first.
    latest: such a pair. Times are UTC, HH:MM; with the date where it is not today.
    """
    return {
        "severity": incident.severity,
        "service": incident.service_name,
        "title": incident.title,
        "status": incident.status,
        "impact": _impact(incident),
        "timeline": _timeline(incident, now),
        "actions": _actions(incident),
        "next_update": _next_update(incident, now),
        "started": f"{incident.began_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "eta": _known(incident.eta),
        "customers": _known(incident.customers),
        "affected": _known(incident.affected),
        "latest": _latest(incident, now),
        "updates_url": system.links.get("status_page", UNKNOWN),
        "questions": system.links.get("questions", "#incidents"),
    }


def _text(system: System) -> str:
    return system.template.text if system.template and system.template.text else PLAIN


@lru_cache(maxsize=64)
def _template(text: str) -> Template:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    return environment.from_string(text)


def _known(text: str) -> str:
    return one_line(text) or UNKNOWN


def _lines(text: str) -> list[str]:
    return [words for line in text.splitlines() if (words := one_line(line.lstrip("-•* ")))]


def _impact(incident: Incident) -> list[str]:
    """What is affected, then what people notice of it; the service itself is affected in any case."""
    affected = _lines(incident.affected) or [incident.service_name]
    return [*affected, *(_lines(incident.impact) or [f"User impact: {UNKNOWN.lower()}"])]


def _actions(incident: Incident) -> list[str]:
    """What is being done: as told, and the operations that run."""
    running = [f"{operation.id}: {operation.summary}" for operation in incident.running]
    told = [one_line(action) for action in incident.actions]
    none = _OVER[incident.ended] if not incident.is_open else UNKNOWN
    return [*told, *map(one_line, running)] or [none]


def _next_update(incident: Incident, now: datetime) -> str:
    if not incident.is_open:
        return _OVER[incident.ended]
    at = incident.next_update_at
    return f"{_clock(at, now)} UTC" if at else UNKNOWN


def _latest(incident: Incident, now: datetime) -> tuple[str, str]:
    told = incident.last_update
    if told is None:
        return _clock(incident.declared_at, now), f"Declared: {incident.title}"
    return _clock(told.at, now), one_line(told.text)


def _timeline(incident: Incident, now: datetime) -> list[tuple[str, str]]:
    """The first line and the latest ones; what lies between is counted."""
    entries = incident.timeline
    struck = 2 * len(entries.removed)  # what was removed, and that it was
    left_out = sum(entries.counts.get(kind, 0) for kind in _TOLD) - struck - LONGEST_TIMELINE
    if left_out <= 0:
        return list(_pairs(_told(entries, entries.removed), now))
    first = next(_told(entries, entries.removed))
    *last, before = islice(_told(reversed(entries), entries.removed), LONGEST_TIMELINE - 1)
    more = (_clock(before.at, now), f"{left_out + 1} more entries: {slash('incident timeline')}")
    return [*_pairs([first], now), more, *_pairs(reversed(last), now)]


def _told(entries: Iterable[TimelineEntry], removed: frozenset[int]) -> Iterator[TimelineEntry]:
    """What people outside read: a note that was struck out is for the record only."""
    told = (entry for entry in entries if entry.kind in _TOLD)
    return (entry for entry in told if entry.number not in removed and not entry.removes)


def _pairs(entries: Iterable[TimelineEntry], now: datetime) -> Iterable[tuple[str, str]]:
    return ((_clock(entry.at, now), _short(one_line(entry.text))) for entry in entries)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"


def _clock(at: datetime, now: datetime) -> str:
    at, now = at.astimezone(UTC), now.astimezone(UTC)
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at:%Y-%m-%d %H:%M}"
