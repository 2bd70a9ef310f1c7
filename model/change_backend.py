"""Which backend does what for a service that has several targets: its own, its logs, its metrics."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from model.catalog.schema import Service
from model.language.near import or_list
from model.plan import Change
from model.ports.backend import AnswersQueries, Backend, Changeable
from model.queries import Query
from model.refusal import Refused
from model.slash import slash

Backends = Mapping[str, Backend]
Port = TypeVar("Port")


def parts(service: Service, backends: Backends, port: type[Port]) -> Iterator[tuple[Service, Port]]:
    """Every part of the service whose backend has this capability, the service's own target first."""
    for part in service.parts:
        backend = backends.get(part.target.kind)
        if isinstance(backend, port):
            yield part, backend


@dataclass(frozen=True)
class ChangeBackend:
    """The part of a service that a change is made to, and the backend that makes it."""

    part: Service
    backend: Changeable


def changer(service: Service, change: Change, backends: Backends) -> ChangeBackend | None:
    """Who makes a change: the first part that accepts it; always the same for one catalog."""
    for part, backend in parts(service, backends, Changeable):
        if backend.accepts(change):
            return ChangeBackend(part, backend)
    return None


def answerers(service: Service, question: Query, backends: Backends) -> list[tuple[Service, AnswersQueries]]:
    """Who answers a question: the part that has what it names, or for a nameless one every part.

    Raises Refused that lists what may be named.
    """
    name = getattr(question, "name", "")
    found = [
        (part, backend, backend.offers(part, question.kind))
        for part, backend in parts(service, backends, AnswersQueries)
    ]
    able = [(part, backend) for part, backend, names in found if name in names]
    if able:
        return able if name == "" else able[:1]
    known = sorted({one for _, _, names in found for one in names if one})
    if not any(names for _, _, names in found):
        raise Refused(
            f"{service.id} has no {question.kind} to look at.", f"Look with {slash('health')} {service.id}."
        )
    missing = f"has no {question.kind} called `{name}`" if name else f"wants to know which {question.kind}"
    raise Refused(
        f"{service.id} {missing}.", f"Type {slash(question.kind)} {service.id} with {or_list(known)}."
    )
