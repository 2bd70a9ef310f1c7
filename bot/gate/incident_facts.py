"""Which open incident a change is weighed by, and whether anybody who answers for the service is in it."""

from collections.abc import Callable, Iterator, Sequence

from model.catalog.schema import Catalog, Service
from model.incidents.opened import OpenIncidents
from model.incidents.state import Incident
from model.incidents.unreadable import UnreadableIncident
from model.people import Person

SERIOUS = 2
"""Severity ranks up to this one (SEV1, SEV2; P1, P2) close a service to unrelated changes."""

Counts = Callable[[Person], bool]
"""Whether someone answers for the service now, by the groups they are in."""


def related(catalog: Catalog, service: Service, incidents: OpenIncidents) -> list[Incident]:
    """The open incidents on the service or on one that depends on it, the worst first."""
    return incidents.on(dict.fromkeys((service.id, *catalog.dependents.get(service.id, ()))))


def covering(catalog: Catalog, service: Service, incidents: OpenIncidents) -> Incident | None:
    """The worst open incident on the service or on one that depends on it."""
    return next(iter(related(catalog, service, incidents)), None)


def unreadable_on(catalog: Catalog, service: Service, incidents: OpenIncidents) -> str | None:
    """An open incident that cannot be read and that is on the service or on one that depends on it."""
    around = {service.id, *catalog.dependents.get(service.id, ())}
    of_it = (
        one.id for one in incidents.unreadable.values() if not around.isdisjoint(_services(one, catalog))
    )
    return next(of_it, None)


def unreadable_anywhere(catalog: Catalog, incidents: OpenIncidents) -> str | None:
    """An open incident that cannot be read and that may be on any service: nothing in it says on which."""
    return next((one.id for one in incidents.unreadable.values() if not _services(one, catalog)), None)


def _services(one: UnreadableIncident, catalog: Catalog) -> frozenset[str]:
    return one.services([service.id for service in catalog.services])


def is_confirmed(incident: Incident, counts: Counts) -> bool:
    """Whether someone who answers for the service declared, acknowledged or graded it, or gave out a role.

    Only acts of one's own count: a role that was given to somebody is not their act.
    """
    return any(counts(person) for person in incident.acted)


def preferred(
    found: Sequence[Incident], here: Incident | None, person: Person, channel: str
) -> Iterator[tuple[Incident, bool]]:
    """The incidents that a change may be judged by, the first choice first; True: only if it is confirmed.

    A serious one that is confirmed comes before any other: a lesser or an invented incident beside it opens
    nothing that it closes. Otherwise the channel's own, one that the person commands, the worst.
    found: the related ones, the worst first.
    """
    own = [one for one in found if here is not None and one.id == here.id]
    belonging = [one for one in found if is_mitigation(one, person, channel)]
    both = [one for one in own if is_mitigation(one, person, channel)]
    for some in (both, belonging, own, found):
        yield from ((one, True) for one in some if one.rank <= SERIOUS)
    for some in (own, belonging, found):
        yield from ((one, False) for one in some)


def role_of(incident: Incident | None, person: Person) -> str | None:
    """The person's role in the incident, the incident commander's first."""
    if incident is None:
        return None
    return next((role for role, holder in incident.roles.items() if holder == person), None)


def is_mitigation(incident: Incident | None, person: Person, channel: str) -> bool:
    """A change asked for in the incident's own channel, or by its incident commander anywhere."""
    return incident is not None and (channel == incident.channel != "" or incident.ic == person)
