"""`muster check`: everything a start depends on, each with what to do when it is not right."""

from collections.abc import AsyncIterator
from pathlib import Path

import commands
from backends.registry import backends, target_types
from bot.cli.check_result import CheckResult
from bot.cli.check_slack import check_slack
from bot.clock import utc_now
from bot.configured import backend_settings, load_policies, slash_of
from bot.examples import CATALOG
from bot.extras import missing
from bot.gate import streams
from bot.gate.open_incidents import OpenIncidentsReader
from bot.gate.projections import Projection
from bot.open_journal import journal_of
from bot.settings import NotConfigured, Settings
from journal import aside
from journal.opening import Opened
from model.catalog.schema import Catalog
from model.catalog_loader import CatalogErrors, Diagnostic, load_catalog
from model.change_backend import parts
from model.incidents import state as incidents
from model.ports.backend import Backend, BackendError, LintsCatalog
from model.runbooks.traps import traps_in
from model.slash import OPS, install
from permissions import check_examples

_NO_CATALOG = (
    "Set MUSTER_CATALOG to a folder of yours, or try one with `muster check --catalog PATH`.\n"
    f"An example is in {CATALOG}"
)


async def check(settings: Settings, *, offline: bool = False) -> list[CheckResult]:
    """Look at all of it; one finding never hides another."""
    catalog, found = _catalog(settings)
    found += _commands(settings)
    found += _policies(settings, catalog) if catalog else []
    kinds = backends(backend_settings(settings, utc_now))
    found += _traps(settings, catalog, kinds) if catalog else []
    found += _extras(catalog, kinds) if catalog else []
    if offline:
        return found
    found += [finding async for finding in _journal(settings)]
    found += [finding async for finding in check_slack(settings)]
    if catalog is not None:
        absent = {one.extra for one in missing(catalog, kinds)}
        found += [finding async for finding in _reach(catalog, kinds, absent)]
        for kind in kinds.values():
            await kind.close()
    return found


def _commands(settings: Settings) -> list[CheckResult]:
    """The slash commands; what else is found is then said in their words."""
    try:
        here = slash_of(settings, commands.registry())
    except NotConfigured as error:
        what, _, mend = str(error).partition(". ")
        return [CheckResult("slash commands", False, what, mend)]
    install(here)
    names = [here.line(verb) for verb in here.installs((*commands.registry().slash, OPS))]
    return [CheckResult("slash commands", True, f"{len(names)}, such as {names[0]} and {names[-1]}")]


def _catalog(settings: Settings) -> tuple[Catalog | None, list[CheckResult]]:
    try:
        catalog = load_catalog(settings.catalog, target_types(), commands.registry())
    except CatalogErrors as errors:
        return None, [_mistake(settings.catalog, one) for one in errors.problems]
    said = f"{len(catalog.systems)} systems, {len(catalog.services)} services"
    return catalog, [CheckResult(f"catalog {settings.catalog}", True, said)]


def _mistake(folder: Path, one: Diagnostic) -> CheckResult:
    """Where it is, the line as it is written, and what could stand there."""
    file = folder / one.file
    if not file.is_file():
        return CheckResult("catalog", False, f"{folder.absolute()} {one.said}", _NO_CATALOG)
    place = f"{file}:{one.line}"
    written = f"{one.line} | {one.text}" if one.text else ""
    mend = "\n".join(line for line in (written, one.suggestion) if line)
    return CheckResult("catalog", False, f"{place}: {one.said}", mend)


def _policies(settings: Settings, catalog: Catalog) -> list[CheckResult]:
    try:
        policies = load_policies(settings, commands.registry(), catalog)
    except Exception as error:  # whatever is wrong with them is this finding
        return [CheckResult("policies", False, str(error), "Mend the policy that is named.")]
    wrong = [
        CheckResult("policy example", False, str(one), "Mend the policy or its example.")
        for one in check_examples(policies)
    ]
    return wrong or [CheckResult("policies and their examples", True, f"version {policies.version}")]


def _extras(catalog: Catalog, kinds: dict[str, Backend]) -> list[CheckResult]:
    """What the catalog needs and is not installed. Charts are no fault: their words are there."""
    said = [
        CheckResult(f"extra {one.extra}", False, str(one), one.mend)
        if one.is_needed
        else CheckResult(f"extra {one.extra}", True, f"{one} ({one.mend})")
        for one in missing(catalog, kinds)
    ]
    return said or [CheckResult("extras", True, "all that the catalog needs is installed")]


def _traps(settings: Settings, catalog: Catalog, kinds: dict[str, Backend]) -> list[CheckResult]:
    """The runbooks' traps that the catalog repeats, each with its file and line."""
    traps = [
        trap
        for service in catalog.services
        for part, kind in parts(service, kinds, LintsCatalog)
        for trap in kind.traps(part)
    ]
    steps = [step for service in catalog.services for book in service.runbooks for step in book.steps]
    traps += [trap for step in steps for trap in traps_in(step.shell or step.run)]
    wrong = [
        CheckResult(
            "catalog trap", False, f"{_place(settings.catalog, trap.text)}: {trap.said}", trap.suggestion
        )
        for trap in traps
    ]
    return wrong or [CheckResult("queries and steps of the catalog", True, "none of the runbooks' traps")]


def _place(folder: Path, text: str) -> str:
    """File and line of the first line of a text, as it stands in the catalog."""
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    for file in sorted(folder.glob("*.yaml")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            if first and first in line.replace('\\"', '"').replace("''", "'"):
                return f"{file}:{number}"
    return str(folder)


async def _journal(settings: Settings) -> AsyncIterator[CheckResult]:
    where = "external" if settings.redis_url else f"embedded in {settings.data_dir}"
    try:
        async with journal_of(settings, utc_now) as opened:
            yield CheckResult("journal", True, where)
            async for finding in _unfinished(opened):
                yield finding
    except Exception as error:  # whatever keeps it from opening is this finding
        yield CheckResult(
            "journal", False, str(error), "Set MUSTER_REDIS_URL, or MUSTER_DATA_DIR to a folder to write."
        )


async def _unfinished(opened: Opened) -> AsyncIterator[CheckResult]:
    """What was set aside, and open incidents that cannot be read: the first often follows from the second."""
    for one in await aside.listed(opened.journal):
        mend = f"When its cause is mended, type `muster resume {one.name}`."
        yield CheckResult("set aside", False, f"{one.name}: {one.why}", mend)
    reader = OpenIncidentsReader(
        opened.journal, Projection(opened.journal, streams.incident, incidents.fold), lambda: None
    )
    for id, one in (await reader.now()).unreadable.items():
        yield CheckResult(f"incident {id}", False, one.why.what, one.why.instead)


async def _reach(catalog: Catalog, kinds: dict[str, Backend], absent: set[str]) -> AsyncIterator[CheckResult]:
    """Every target, but those that wait for an extra: `_extras` has named them."""
    for service in (part for one in catalog.services for part in one.parts):
        if absent.intersection(service.target.extras):
            continue
        try:
            await kinds[service.target.kind].reach(service)
        except BackendError as error:
            yield CheckResult(f"{service.id} ({service.target.kind})", False, error.what, error.next)
        else:
            yield CheckResult(f"{service.id} ({service.target.kind})", True, "reached")
