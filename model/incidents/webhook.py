"""What other systems are told of an incident: the event, and how the incident stood right after it."""

from datetime import datetime
from typing import Any

from model.events import RecordedEvent
from model.incidents.state import Incident
from model.people import Person

TOLD = frozenset(
    {
        "incident.declared",
        "incident.acknowledged",
        "incident.severity_changed",
        "incident.status_changed",
        "incident.updated",
        "incident.role_assigned",
        "incident.resolved",
        "incident.reopened",
    }
)
"""Types of event that are told: the life of an incident. Notes and what Muster itself does are not."""

_SAID = {
    "incident.severity_changed": ("was", "because"),
    "incident.status_changed": ("was",),
    "incident.updated": ("text", "impact", "affected", "customers", "eta", "actions"),
    "incident.role_assigned": ("role", "person"),
    "incident.resolved": ("text", "ended"),
    "incident.reopened": ("text",),
}
"""What is told of each event beside the incident: fields that the event may have."""


def payload(incident: Incident, event: RecordedEvent) -> dict[str, Any]:
    """The body of a delivery. incident: folded up to the event. Times are ISO 8601 in UTC."""
    said = {name: event.data[name] for name in _SAID.get(event.type, ()) if event.data.get(name)}
    return {
        "type": event.type,
        "timestamp": event.at.isoformat(),
        "data": {
            "incident": _incident(incident),
            "by": {"team": event.who.team, "user": event.who.user, "via": event.who.via},
            **said,
        },
    }


def _incident(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.id,
        "title": incident.title,
        "severity": incident.severity,
        "rank": incident.rank,
        "status": incident.status,
        "is_open": incident.is_open,
        "ended": None if incident.is_open else incident.ended,
        "system": incident.system,
        "service": incident.service,
        "service_name": incident.service_name,
        "channel": incident.channel or None,
        "began_at": _at(incident.began_at),
        "declared_at": _at(incident.declared_at),
        "acknowledged_at": _at(incident.acknowledged_at),
        "resolved_at": _at(incident.resolved_at),
        "next_update_at": _at(incident.next_update_at),
        "roles": {role: _who(person) for role, person in incident.roles.items()},
    }


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _who(person: Person | None) -> str | None:
    return person.user if person else None
