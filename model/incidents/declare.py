"""Declaring an incident and setting its severity: always in the service's own scheme."""

from datetime import datetime

from model.catalog.schema import Service
from model.catalog.system import SeverityLevel, System, Template
from model.events import Event
from model.incidents.events import Declared, SeverityChanged, to_event
from model.incidents.lifecycle import must_be_open, one_line
from model.incidents.promise import promised_at
from model.incidents.state import Incident
from model.refusal import Refused
from model.slash import slash

LONGEST_TITLE = 120
"""Characters of a title: it stands in a header block (150 at Slack), after severity and status."""

_LEAST_URGENT = 9


def declare(
    id: str, system: System, service: Service, now: datetime, *, title: str, severity: str, channel: str = ""
) -> tuple[Event, ...]:
    """Declare an incident; who declares it is the journal's `who`.

    id: fresh, `INC-42`. severity: empty when it was not said. channel: where it was asked for.
    Raises Refused for a missing title, and for a severity that is missing or not of the service's scheme.
    """
    words = one_line(title)
    if not words:
        typed = f"{slash('incident declare')} {severity or 'SEVERITY'} {service.id} TITLE"
        raise Refused("The incident has no title.", f"Say what is wrong in a few words: {typed}")
    if len(words) > LONGEST_TITLE:
        raise Refused(
            f"The title has {len(words)} characters; it takes up to {LONGEST_TITLE}.",
            f"Shorten it; the details belong in {slash('incident update')}.",
        )
    level = _level(system, severity, (slash("incident declare"), f"{service.id} {words}"))
    declared = Declared(
        id=id,
        title=words,
        severity=level.id,
        rank=level.rank,
        respond_by=_respond_by(level, now),
        system=system.id,
        scheme=scheme_of(system),
        service=service.id,
        service_name=service.name,
        statuses=statuses_of(system),
        channel=channel,
        next_update_at=promised_at(now, None, level.update_every),
    )
    return (to_event(declared),)


def set_severity(
    incident: Incident, system: System, now: datetime, severity: str, because: str = ""
) -> tuple[Event, ...]:
    """Change the severity; the response clock of the new one starts now.

    Raises Refused when the incident is resolved, has that severity, or its scheme has no such one.
    """
    must_be_open(incident)
    level = _level(system, severity, (slash("incident sev"), ""))
    if level.id == incident.severity:
        raise Refused(f"{incident.id} is {level.id} already.", _choices(system, level.id))
    changed = SeverityChanged(
        was=incident.severity,
        severity=level.id,
        rank=level.rank,
        respond_by=_respond_by(level, now),
        because=one_line(because),
    )
    return (to_event(changed),)


def statuses_of(system: System) -> tuple[str, ...]:
    """The statuses of the system's template, or the usual four where it has none."""
    return (system.template or Template(source="", id="", file="", text="")).statuses


def scheme_of(system: System) -> str:
    """The system whose severities hold for this one; empty when no runbook defines any."""
    if system.severities.defined:
        return system.id
    return system.severities.borrowed_from


def _level(system: System, severity: str, around: tuple[str, str]) -> SeverityLevel:
    """The level called `severity`. Raises Refused that asks, with whole commands to copy.

    around: what stands before and after the severity in such a command.
    """
    scheme = system.severities
    before, after = around
    commands = tuple(f"{before} {level.id} {after}".strip() for level in scheme.levels)
    if not severity:
        what = f"The severity is missing; {system.name} has its own."
        if not scheme.defined:
            what = f"The severity is missing, and the runbook of {system.name} defines none."
        raise Refused(what, _choices(system), commands)
    level = scheme.level(severity)
    if level is not None:
        return level
    if scheme.levels:
        raise Refused(f"{system.name} has no severity {severity}.", _choices(system), commands)
    # The runbook is silent and the person has chosen: their word is kept, and no clock is made up for it.
    return SeverityLevel(id=severity, means="", rank=_LEAST_URGENT)


def _choices(system: System, but: str = "") -> str:
    levels = [level for level in system.severities.levels if level.id != but]
    if not levels:
        return "Say which you mean, such as SEV2 or P1; no response time will be watched."
    said = "; ".join(f"{level.id}: {level.means}" if level.means else level.id for level in levels)
    lender = system.severities.borrowed_from
    borrowed = f" The names are those of {lender}; its response times are not watched here." if lender else ""
    return f"Choose {said}.{borrowed}"


def _respond_by(level: SeverityLevel, now: datetime) -> datetime | None:
    return None if level.respond_within is None else now + level.respond_within
