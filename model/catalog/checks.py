"""What only several facts together show to be wrong: clashes, unknown references, ranges upside down."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from model.catalog.checks_on_call import check_reach
from model.catalog.found import Found
from model.catalog.problems import Diagnostic, did_you_mean
from model.catalog.schema import Limits, People, Service
from model.catalog.source import Path
from model.catalog.system import System


def check_systems(systems: Sequence[tuple[Found, System]], people: People) -> Iterator[Diagnostic]:
    """Ids that clash, schemes and escalations that do not fit."""
    yield from _clashes((found, system.id, ("id",)) for found, system in systems)
    ids = [system.id for _, system in systems]
    for found, system in systems:
        yield from _scheme(found, system, ids)
        yield from _escalation(found, system)
        yield from _alert_sources(found, system, systems)
        yield from check_reach(found, system, people)


def _alert_sources(
    found: Found, system: System, systems: Sequence[tuple[Found, System]]
) -> Iterator[Diagnostic]:
    """A name is in an address, so two systems cannot have it."""
    for name in system.alert_sources:
        first, where = next((one, at) for at, one in systems if name in one.alert_sources)
        if first.id != system.id:
            yield found.problem("alert_sources", name, what=f"`{name}` is taken already, in {where.place}.")


def check_services(services: Sequence[tuple[Found, Service]], people: People) -> Iterator[Diagnostic]:
    """Names that clash, dependencies on nothing, groups nobody knows, limits that cannot be kept.

    Groups are held against `people` only if that names any; else they are Slack's alone.
    """
    names = [
        name
        for found, service in services
        for name in (
            (found, service.id, ("id",)),
            *((found, alias, ("aliases", index)) for index, alias in enumerate(service.aliases)),
        )
    ]
    yield from _clashes(names)
    ids = {service.id for _, service in services}
    for found, service in services:
        for index, other in enumerate(service.depends_on):
            if other == service.id:
                yield found.problem("depends_on", index, what="a service cannot depend on itself.")
            elif other not in ids:
                said = f"there is no service `{other}`."
                yield found.problem("depends_on", index, what=said, suggestion=did_you_mean(other, ids))
        if service.deploys_after and service.deploys_after not in ids - {service.id}:
            said = f"there is no other service `{service.deploys_after}`."
            others = did_you_mean(service.deploys_after, ids - {service.id})
            yield found.problem("deploys_after", what=said, suggestion=others)
        if people.groups:
            yield from _groups(found, service, people)
        if service.limits is not None:
            yield from _limits(found, service.limits)
        yield from _approvals(found, service)


def _approvals(found: Found, service: Service) -> Iterator[Diagnostic]:
    """What is graver never takes fewer people; two tiers that are named are held against each other."""
    named = sorted(service.approvals.items())
    for (less, few), (more, many) in pairwise(named):
        if many < few:
            said = f"{more} is graver than {less} and would take fewer approvals ({many}, not {few})."
            yield found.problem("approvals", more, what=said, suggestion=f"Write {few} or more.")


def _groups(found: Found, service: Service, people: People) -> Iterator[Diagnostic]:
    for key, handle in (("owners", service.owners), ("on_call", service.on_call)):
        known = {*people.groups, *(people.schedules if key == "on_call" else ())}
        if handle not in known:
            said = f"there is no group `{handle}` in people.yaml."
            yield found.problem(key, what=said, suggestion=did_you_mean(handle, known))


def _clashes(names: Iterable[tuple[Found, str, Path]]) -> Iterator[Diagnostic]:
    first: dict[str, Found] = {}
    for found, name, at in names:
        earlier = first.setdefault(name.casefold(), found)
        if earlier is not found:
            yield found.problem(*at, what=f"`{name}` is taken already, in {earlier.place}.")
        elif at[0] == "aliases" and name.casefold() != name:
            yield found.problem(*at, what=f"`{name}` has capital letters; names are typed in small ones.")


def _scheme(found: Found, system: System, ids: Sequence[str]) -> Iterator[Diagnostic]:
    scheme = system.severities
    seen: set[str] = set()
    for index, level in enumerate(scheme.levels):
        if level.id.casefold() in seen:
            yield found.problem("severities", "levels", index, "id", what=f"`{level.id}` stands twice.")
        seen.add(level.id.casefold())
    if scheme.defined and not scheme.levels:
        said = "has no levels; write `defined: false` where the runbook has none."
        yield found.problem("severities", what=said)
    lender = scheme.borrowed_from
    if lender and (lender not in ids or lender == system.id):
        others = [id for id in ids if id != system.id]
        said = f"there is no other system `{lender}`."
        yield found.problem("severities", "borrowed_from", what=said, suggestion=did_you_mean(lender, others))


def _escalation(found: Found, system: System) -> Iterator[Diagnostic]:
    known = [level.id for level in system.severities.levels]
    for index, level in enumerate(system.escalation.levels if system.escalation else ()):
        for nth, severity in enumerate(level.only):
            if known and severity not in known:
                said = f"there is no severity `{severity}`."
                at = ("escalation", "levels", index, "only", nth)
                yield found.problem(*at, what=said, suggestion=did_you_mean(severity, known))


def _limits(found: Found, limits: Limits) -> Iterator[Diagnostic]:
    def wrong(key: str, what: str) -> Diagnostic:
        return found.problem("limits", key, what=what)

    if limits.hard_min > limits.hard_max:
        yield wrong("hard_min", f"{limits.hard_min} is over hard_max, {limits.hard_max}.")
        return
    low, high = limits.soft_min, limits.soft_max
    if low is not None and high is not None and low > high:
        yield wrong("soft_min", f"{low} is over soft_max, {high}.")
    for key, value in (("soft_min", low), ("soft_max", high), ("normal", limits.normal)):
        if value is not None and not limits.hard_min <= value <= limits.hard_max:
            said = f"{value} is outside hard_min to hard_max, {limits.hard_min} to {limits.hard_max}."
            yield wrong(key, said)
