"""Reads a folder of YAML into a catalog, or says everything that is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from model.catalog.checks import Found, check_services, check_systems
from model.catalog.problems import CatalogErrors, Diagnostic, did_you_mean
from model.catalog.reading import check_keys, mapping_at, read_part
from model.catalog.schema import Catalog, People, Service, Target
from model.catalog.source import Path as At
from model.catalog.source import Source, read_source
from model.catalog.system import SeverityScheme, System
from model.catalog.templates import with_text
from model.language.registry import Registry
from model.runbooks.check import mistakes

__all__ = ["CatalogErrors", "Diagnostic", "load_catalog"]

PEOPLE = "people.yaml"
"""The one file that is no system: groups and who is in them."""


@dataclass
class _Reading:
    """What has been read so far."""

    folder: Path
    targets: Mapping[str, type[Target]]
    sources: list[Source] = field(default_factory=list[Source])
    systems: list[tuple[Found, System]] = field(default_factory=list[tuple[Found, System]])
    services: list[tuple[Found, Service]] = field(default_factory=list[tuple[Found, Service]])
    people: People = field(default_factory=People)


def load_catalog(
    folder: Path, targets: Mapping[str, type[Target]], registry: Registry | None = None
) -> Catalog:
    """Read every `*.yaml` of the folder: one system and its services each, and `people.yaml`.

    targets: the settings class of each backend kind. registry: the commands that the lines of runbooks are
    held against; None leaves them unread. Raises CatalogErrors with every problem there is.
    """
    files = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if not [file for file in files if file.name != PEOPLE]:
        said = "has no catalog: one YAML file for each system is needed."
        raise CatalogErrors(
            [
                Diagnostic(
                    str(folder), 1, "", said, "Set MUSTER_CATALOG to its folder; `muster check` has more."
                )
            ]
        )
    reading = _Reading(folder, targets)
    for file in files:
        source = read_source(file)
        reading.sources.append(source)
        if file.name == PEOPLE:
            reading.people = read_part(source, People, source.data or {}, ()) or People()
        elif not source.problems or source.data is not None:
            _read_system(reading, source)
    problems = [problem for source in reading.sources for problem in source.problems]
    problems += [
        *check_systems(reading.systems, reading.people),
        *check_services(reading.services, reading.people),
    ]
    catalog = Catalog(
        systems=_lend([system for _, system in reading.systems]),
        services=_rehearsed([service for _, service in reading.services]),
        people=reading.people,
    )
    if registry is not None and not problems:
        problems += _in_runbooks(reading, catalog, registry)
    if problems:
        raise CatalogErrors(problems)
    return catalog


def _in_runbooks(reading: _Reading, catalog: Catalog, registry: Registry) -> list[Diagnostic]:
    """Lines of runbooks that nobody could type."""
    return [
        mistake
        for found, service in reading.services
        for mistake in mistakes(found, service.runbooks, catalog.system_of(service), catalog, registry)
    ]


def _read_system(reading: _Reading, source: Source) -> None:
    data = mapping_at(source, source.data, ())
    check_keys(source, data, ("system", "services"), ())
    if "system" not in data:
        source.problems.append(source.problem((), "`system` is missing."))
        return
    said = mapping_at(source, data["system"], ("system",))
    system = read_part(source, System, said, ("system",))
    if system is not None:
        if system.template is not None:
            template = with_text(source, reading.folder, system.template, ("system", "template"))
            system = system.model_copy(update={"template": template})
        reading.systems.append((Found(source, ("system",)), system))
    services = data.get("services")
    if not isinstance(services, list):
        source.problems.append(source.problem(("services",), "has to be a list of services."))
        return
    for index, service in enumerate(cast(list[object], services)):
        _read_service(reading, source, service, str(said.get("id", "")), index)


def _read_service(reading: _Reading, source: Source, data: object, system: str, index: int) -> None:
    path: At = ("services", index)
    said = dict(mapping_at(source, data, path))
    if "target" in said:
        target = _read_target(reading, source, said["target"], (*path, "target"))
        # A stand-in lets the rest of the service be checked, so that all its mistakes are told at once.
        said["target"] = target or Target(kind="unknown")
    if isinstance(said.get("also"), list):
        also = enumerate(cast(list[object], said["also"]))
        said["also"] = [
            _read_target(reading, source, part, (*path, "also", at)) or Target(kind="unknown")
            for at, part in also
        ]
    service = read_part(source, Service, {**said, "system": system}, path)
    if service is not None:
        reading.services.append((Found(source, path), service))


def _read_target(reading: _Reading, source: Source, data: object, path: At) -> Target | None:
    said = mapping_at(source, data, path)
    kind = said.get("kind")
    if not isinstance(kind, str):
        suggestion = did_you_mean("", reading.targets)
        source.problems.append(source.problem((*path, "kind"), "is missing.", suggestion))
        return None
    if kind not in reading.targets:
        suggestion = did_you_mean(kind, reading.targets)
        source.problems.append(source.problem((*path, "kind"), f"there is no kind `{kind}`.", suggestion))
        return None
    return read_part(source, reading.targets[kind], said, path)


def _rehearsed(services: list[Service]) -> tuple[Service, ...]:
    """Tell each service where its versions run first, so that a plan can look there."""
    targets = {service.id: service.target for service in services}
    return tuple(
        service.model_copy(update={"rehearsal": targets.get(service.deploys_after)})
        if service.deploys_after
        else service
        for service in services
    )


def _lend(systems: list[System]) -> tuple[System, ...]:
    """Give schemes without levels the names of the system they borrow from; its clocks are not theirs."""
    by_id = {system.id: system for system in systems}
    return tuple(_borrowing(system, by_id) for system in systems)


def _borrowing(system: System, by_id: Mapping[str, System]) -> System:
    scheme = system.severities
    lender = by_id.get(scheme.borrowed_from)
    if lender is None or scheme.levels:
        return system
    bare = {"respond_within": None, "respond_text": "", "example": ""}
    levels = tuple(level.model_copy(update=bare) for level in lender.severities.levels)
    borrowed: SeverityScheme = scheme.model_copy(update={"levels": levels})
    return system.model_copy(update={"severities": borrowed})
