"""Which open incident a change is weighed by, and whether anybody who answers for the service is in it."""

from collections.abc import Callable, Iterable, Sequence

from model.catalog.schema import Catalog, Service
from model.incidents.state import Incident
from model.people import Person

SERIOUS = 2
"""Severity ranks up to this one (SEV1, SEV2; P1, P2) close a service to unrelated changes."""

Counts = Callable[[Person], bool]
"""Whether someone answers for the service now, by the groups they are in."""


def related(catalog: Catalog, service: Service, incidents: Iterable[Incident]) -> list[Incident]:
    """The open incidents on the service or on one that depends on it, the worst first."""
    found = [one for one in incidents if one.is_open and service.id in covered(catalog, one)]
    return sorted(found, key=lambda one: (one.rank, one.declared_at))


def covering(catalog: Catalog, service: Service, incidents: Iterable[Incident]) -> Incident | None:
    """The worst open incident on the service or on one that depends on it."""
    return next(iter(related(catalog, service, incidents)), None)


def covered(catalog: Catalog, incident: Incident) -> frozenset[str]:
    """The incident's service and what that depends on."""
    service = catalog.service(incident.service)
    return frozenset({incident.service, *(service.depends_on if service else ())})


def is_confirmed(incident: Incident, counts: Counts) -> bool:
    """Whether someone who answers for the service declared, acknowledged or graded it, or gave out a role.

    Only acts of one's own count: a role that was given to somebody is not their act.
    """
    return any(counts(person) for person in incident.acted)


def weighed_by(
    found: Sequence[Incident],
    here: Incident | None,
    person: Person,
    channel: str,
    confirmed: Callable[[Incident], bool],
) -> Incident | None:
    """The incident by which a change is judged; `found`: the related ones, the worst first.

    A serious one that is confirmed comes before any other: a lesser or an invented incident beside it opens
    nothing that it closes. Otherwise the channel's own, one that the person commands, the worst.
    """

    def order(incident: Incident) -> tuple[bool, ...]:
        is_serious = incident.rank <= SERIOUS and confirmed(incident)
        belongs = is_mitigation(incident, person, channel)
        is_here = here is not None and incident.id == here.id
        return (not (is_serious and belongs), not is_serious, not is_here, not belongs)

    return min(found, key=order, default=None)


def role_of(incident: Incident | None, person: Person) -> str | None:
    """The person's role in the incident, the incident commander's first."""
    if incident is None:
        return None
    return next((role for role, holder in incident.roles.items() if holder == person), None)


def is_mitigation(incident: Incident | None, person: Person, channel: str) -> bool:
    """A change asked for in the incident's own channel, or by its incident commander anywhere."""
    return incident is not None and (channel == incident.channel != "" or incident.ic == person)
