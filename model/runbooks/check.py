"""Whether a service's runbooks can be walked through: every line they run is one that people could type."""

import re
from collections.abc import Iterator, Mapping

from model.catalog.checks import Found
from model.catalog.problems import Diagnostic
from model.catalog.schema import Catalog, Runbook, RunbookStep
from model.catalog.system import System
from model.incidents.declare import statuses_of
from model.language.declare import Kind
from model.language.parameters import ParseContext
from model.language.parse import parse
from model.language.registry import Registry
from model.refusal import Refused
from model.runbooks.lines import filled

Place = tuple[str | int, ...]
"""Where in the service a mistake is, such as ("runbooks", 0, "steps", 2, "run")."""


def setting_of(catalog: Catalog) -> ParseContext:
    """How a runbook's lines are read: nowhere in particular, so that every line names its service."""
    severities = (level.id for system in catalog.systems for level in system.severities.levels)
    statuses = (status.capitalize() for system in catalog.systems for status in statuses_of(system))
    return ParseContext(
        catalog,
        team="",
        severities=tuple(dict.fromkeys(severities)),
        statuses=tuple(dict.fromkeys(statuses)),
    )


def mistakes(
    found: Found, runbooks: tuple[Runbook, ...], system: System, catalog: Catalog, registry: Registry
) -> Iterator[Diagnostic]:
    """Names that stand twice, severities there are not, steps that run nothing people could type."""
    setting, seen = setting_of(catalog), set[str]()
    levels = [level.id for level in system.severities.levels]
    for index, runbook in enumerate(runbooks):
        at: Place = ("runbooks", index)
        if runbook.id in seen:
            yield found.problem(*at, "id", what=f"`{runbook.id}` stands twice.")
        seen.add(runbook.id)
        if runbook.severity and runbook.severity not in levels:
            instead = f"One of {', '.join(levels)}." if levels else ""
            yield found.problem(
                *at, "severity", what=f"there is no severity `{runbook.severity}`.", suggestion=instead
            )
        for number, step in enumerate(runbook.steps):
            yield from _in_step(found, step, (*at, "steps", number), setting, registry)


def _in_step(
    found: Found, step: RunbookStep, at: Place, setting: ParseContext, registry: Registry
) -> Iterator[Diagnostic]:
    if step.run and step.shell:
        yield found.problem(*at, "shell", what="stands beside `run`; a step is one of both.")
    for index, asked in enumerate(step.asks):
        if not re.search(rf"\b{asked.name}\b", step.run):
            yield found.problem(*at, "asks", index, "name", what=f"`{asked.name}` is no word of the line.")
    if step.run:
        wrong = _refusal(step, setting, registry)
        if wrong is not None:
            yield found.problem(*at, "run", what=f"`{step.run}`: {wrong.what}", suggestion=wrong.instead)


def _refusal(step: RunbookStep, setting: ParseContext, registry: Registry) -> Refused | None:
    """Why nobody could type the line, or None."""
    examples: Mapping[str, str] = {asked.name: asked.example for asked in step.asks}
    try:
        command, text = registry.find(filled(step, examples))
        parse(command, text, setting)
    except Refused as refused:
        return refused
    if command.kind in {Kind.OPERATION, Kind.META, Kind.ADMIN}:
        return Refused("a press on a plan is a person's own.", "Run the command that makes the plan.")
    return None
