"""Reads, in one or two round trips, the world that a command decides in."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.gate import streams
from bot.gate.open_incidents import OpenIncidentsReader
from bot.gate.projections import Projection
from bot.gate.request import IncomingRequest
from model.alerts.state import Alert
from model.catalog.schema import Catalog
from model.context import RequestContext
from model.incidents.declare import statuses_of
from model.incidents.state import Incident
from model.language.declare import Command, Kind
from model.language.parameters import AlertNamed, IdParameter, ParseContext
from model.language.parse import ParsedCommand
from model.language.registry import Registry
from model.maintenance.state import Maintenance
from model.operations.state import UNDO_FOR, Operation
from model.ports.journal import Journal
from model.runbooks.state import RunbookRun

RECENT = 20
"""A channel's operations that `/undo` without an id reads at a time."""

MOST_ALERTS = 200
"""Alerts that fire of which a list is made, the newest."""

LONGEST_RUN = timedelta(days=2)
"""How long before its end an operation may have been asked for: restores run for hours."""


class ContextReader:
    """Views of the journal for commands."""

    def __init__(
        self,
        catalog: Catalog,
        registry: Registry,
        journal: Journal,
        incidents: Projection[Incident],
        opened: OpenIncidentsReader,
        operations: Projection[Operation],
        maintenances: Projection[Maintenance],
        guides: Projection[RunbookRun],
        alerts: Projection[Alert],
        clock: Callable[[], datetime],
        listed: Callable[[], Mapping[str, str]],
    ) -> None:
        self._listed = listed
        self.catalog, self._registry, self._journal = catalog, registry, journal
        self._incidents, self._operations, self._clock = incidents, operations, clock
        self._maintenances, self._guides, self._alerts = maintenances, guides, alerts
        self._opened = opened
        self._statuses = tuple(
            dict.fromkeys(one.capitalize() for system in catalog.systems for one in statuses_of(system))
        )
        self._severities = tuple(
            dict.fromkeys(level.id for system in catalog.systems for level in system.severities.levels)
        )

    async def read(self, incoming: IncomingRequest, command: Command) -> RequestContext:
        """The channel's incident and the open incidents."""
        open = await self._opened.now()
        here = await self._opened.of_channel(incoming.channel)
        incidents, unreadable = open.by_id, None
        if here and here in open.unreadable:
            unreadable = open.unreadable[here].why
        elif here and here not in incidents:
            found = await self._incidents.read([here])
            incidents = {**incidents, **found.states}
            unreadable = found.unreadable[here].why if here in found.unreadable else None
        return RequestContext(
            now=self._clock(),
            catalog=self.catalog,
            registry=self._registry,
            channel=incoming.channel,
            here=incidents.get(here or ""),
            here_unreadable=unreadable,
            incidents=incidents,
            open=open,
            new_id=f"{kind}-0" if (kind := new_id(command)) else "",
            listed=self._listed(),
        )

    async def numbered(self, world: RequestContext, command: Command) -> RequestContext:
        """The world with a fresh id for what the command makes; what was refused before has used none up."""
        kind = new_id(command)
        return replace(world, new_id=await self._journal.next_id(kind)) if kind else world

    def setting(self, incoming: IncomingRequest, world: RequestContext) -> ParseContext:
        """What reading the command needs to know of where it was typed."""
        own = world.here.service if world.here and world.here.is_open else None
        person = incoming.person
        return ParseContext(self.catalog, person.team, own, self._severities, self._statuses, person.user)

    async def with_named(self, world: RequestContext, request: ParsedCommand) -> RequestContext:
        """The world with the incidents and operations that the request names, or that it may mean."""
        kinds = ("OP", "INC", "MNT", "RB", "ALR")
        named: dict[str, set[str]] = {kind: set() for kind in kinds}
        for slot in request.command.slots:
            value = request.values.get(slot.name)
            if isinstance(slot.parameter, IdParameter) and isinstance(value, str):
                named[slot.parameter.prefix].add(value)
            elif isinstance(slot.parameter, AlertNamed) and isinstance(value, str):
                named["ALR"].add(value)
        if request.command.name == "alert list":
            named["ALR"] |= set(await self._journal.members(streams.OPEN_ALERTS, newest=MOST_ALERTS))
        if named["ALR"]:
            world = replace(world, alerts=(await self._alerts.read(sorted(named["ALR"]))).states)
        if request.command.path[0] == "maintenance":
            return await self._with_maintenances(world, named["MNT"])
        if named["RB"]:
            return replace(world, guides=await self._guides.many(sorted(named["RB"])))
        if request.command.name == "undo" and not named["OP"]:
            return replace(world, recent=await self._recent(world))
        if not named["OP"] and not named["INC"] - set(world.incidents):
            return world
        return replace(
            world,
            operations=await self._operations.many(sorted(named["OP"])),
            incidents={**world.incidents, **await self._incidents.many(sorted(named["INC"]))},
        )

    async def _recent(self, world: RequestContext) -> tuple[Operation, ...]:
        """This channel's operations, newest first, back to one that can be taken back.

        However many plans lie between; nothing is undone after a day, so the search ends there.
        """
        index = streams.operations_in(world.channel)
        found: list[Operation] = []
        since = (world.now - UNDO_FOR - LONGEST_RUN).timestamp()
        ids = (await self._journal.members(index, min_score=since))[::-1]
        for at in range(0, len(ids), RECENT):
            known = (await self._operations.read(ids[at : at + RECENT])).states
            found += [known[id] for id in ids[at : at + RECENT] if id in known]
            if any(one.may_be_undone(world.now) or one.may_be_aborted for one in found):
                break
        return tuple(found)

    async def _with_maintenances(self, world: RequestContext, named: set[str]) -> RequestContext:
        """The world with the maintenances that are planned, and those that are named."""
        planned = await self._journal.members(streams.PLANNED_MAINTENANCE)
        known = await self._maintenances.many([*planned, *sorted(named)])
        still = tuple(known[id] for id in planned if id in known and known[id].is_open)
        return replace(world, maintenances=known, planned=still)


def new_id(command: Command) -> str:
    """The kind of id a command may need: what it makes is numbered before it is written."""
    if command.kind is Kind.CHANGE or command.name in {"undo", "abort"}:
        return "OP"
    if command.kind is Kind.LOOK and command.service is not None and command.name not in _MADE:
        return "LOOK"
    return _MADE.get(command.name, "")


_MADE = {"incident declare": "INC", "maintenance schedule": "MNT", "runbook": "RB", "report": "RPT"}
