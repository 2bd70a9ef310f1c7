"""The open incidents, found by id and by service: what is asked of them costs the same however many."""

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from model.incidents.state import Incident


@dataclass(frozen=True)
class OpenIncidents:
    """Never changed: `after` gives another. by_id: in the order they were opened.

    of_service: by the id of the incident's own service, the worst first.
    """

    by_id: Mapping[str, Incident] = field(default_factory=dict[str, Incident])
    of_service: Mapping[str, tuple[Incident, ...]] = field(default_factory=dict[str, tuple[Incident, ...]])

    @classmethod
    def of(cls, incidents: Iterable[Incident]) -> "OpenIncidents":
        """Those of the incidents that are open."""
        found = cls()
        for incident in incidents:
            found = found.after(incident)
        return found

    def after(self, incident: Incident) -> "OpenIncidents":
        """With an incident as it is now, or without it once it is over."""
        if incident.id not in self.by_id and not incident.is_open:
            return self
        by_id = {**self.by_id, incident.id: incident}
        before = self.of_service.get(incident.service, ())
        others = [one for one in before if one.id != incident.id]
        if incident.is_open:
            insort(others, incident, key=_worst_first)
        else:
            del by_id[incident.id]
        return OpenIncidents(by_id, {**self.of_service, incident.service: tuple(others)})

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
