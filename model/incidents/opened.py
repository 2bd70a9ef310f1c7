"""The open incidents, found by id and by service: what is asked of them costs the same however many."""

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from model.incidents.state import Incident
from model.incidents.unreadable import UnreadableIncident


@dataclass(frozen=True)
class OpenIncidents:
    """Never changed: `after` gives another. by_id: in the order they were opened.

    of_service: by the id of the incident's own service, the worst first.
    unreadable: open ones that this version cannot read, by id; in none of the other two.
    """

    by_id: Mapping[str, Incident] = field(default_factory=dict[str, Incident])
    of_service: Mapping[str, tuple[Incident, ...]] = field(default_factory=dict[str, tuple[Incident, ...]])
    unreadable: Mapping[str, UnreadableIncident] = field(default_factory=dict[str, UnreadableIncident])

    @classmethod
    def of(cls, incidents: Iterable[Incident]) -> "OpenIncidents":
        """Those of the incidents that are open."""
        found = cls()
        for incident in incidents:
            found = found.after(incident)
        return found

    def after(self, incident: Incident) -> "OpenIncidents":
        """With an incident as it is now, or without it once it is over."""
        if incident.id in self.unreadable:
            return self.without(incident.id).after(incident)
        if incident.id not in self.by_id and not incident.is_open:
            return self
        by_id = {**self.by_id, incident.id: incident}
        before = self.of_service.get(incident.service, ())
        others = [one for one in before if one.id != incident.id]
        if incident.is_open:
            insort(others, incident, key=_worst_first)
        else:
            del by_id[incident.id]
        return OpenIncidents(by_id, {**self.of_service, incident.service: tuple(others)}, self.unreadable)

    def beside(self, one: UnreadableIncident) -> "OpenIncidents":
        """With an open incident that cannot be read."""
        others = self.without(one.id)
        return replace(others, unreadable={**others.unreadable, one.id: one})

    def without(self, id: str) -> "OpenIncidents":
        """Without that incident, whether it could be read or not."""
        by_id = {key: one for key, one in self.by_id.items() if key != id}
        of_service = {
            service: tuple(one for one in some if one.id != id) for service, some in self.of_service.items()
        }
        unreadable = {key: one for key, one in self.unreadable.items() if key != id}
        return OpenIncidents(by_id, of_service, unreadable)

    def on(self, services: Iterable[str]) -> list[Incident]:
        """Those on any of these services, the worst first."""
        found = [self.of_service.get(service, ()) for service in services]
        if sum(map(bool, found)) < 2:
            return [incident for some in found for incident in some]
        return sorted((incident for some in found for incident in some), key=_worst_first)

    def first(self, most: int) -> list[Incident]:
        """The first that were opened."""
        return list(islice(self, most))

    def __len__(self) -> int:
        return len(self.by_id)

    def __iter__(self) -> Iterator[Incident]:
        return iter(self.by_id.values())


def _worst_first(incident: Incident) -> tuple[int, datetime]:
    return incident.rank, incident.declared_at
