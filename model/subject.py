"""What a request acts on: found once, before the policies are asked, and then all that a command gets."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from model.catalog.schema import Service
from model.catalog.system import System
from model.context import RequestContext, Subject
from model.incidents.state import Incident
from model.language.declare import ArgumentSlot, Command
from model.language.parameters import IdParameter
from model.language.parse import ParsedCommand, render
from model.maintenance.state import Maintenance
from model.operations.state import Operation
from model.refusal import Offer, Refused
from model.runbooks.state import RunbookRun
from model.slash import slash

Kept = TypeVar("Kept")


def find_subject(request: ParsedCommand, world: RequestContext) -> Subject:
    """What is named, else this channel's, else the only one; never one of several. Raises Refused."""
    slot = numbered(request.command)
    prefix = _prefix(slot)
    named = request.values.get(slot.name) if slot else None
    id = named if isinstance(named, str) else None
    services = tuple(one for one in _services(request, world) if one is not None)
    match prefix:
        case "INC":
            incident = _incident(world, id, request)
            return Subject(_known(world, incident.service), incident=incident)
        case "OP":
            operation = _operation(world, id)
            return Subject(_known(world, operation.service), operation=operation)
        case "MNT":
            maintenance = _maintenance(world, id)
            return Subject(_known(world, maintenance.service), maintenance=maintenance)
        case "ALR":
            alert = _of(world.alerts, id or "", _no_alert(id or ""))
            return Subject(_known(world, alert.said.service), alert=alert)
        case "RB":
            guide = _guide(world, id or "")
            return Subject(_known(world, guide.service), guide=guide)
        case _:
            return Subject(services)


def numbered(command: Command) -> ArgumentSlot | None:
    """The argument by which a command names what it acts on: INC-…, OP-…, MNT-…, ALR-… or RB-…."""
    return next((slot for slot in command.slots if isinstance(slot.parameter, IdParameter)), None)


def _prefix(slot: ArgumentSlot | None) -> str:
    return slot.parameter.prefix if slot and isinstance(slot.parameter, IdParameter) else ""


def _services(request: ParsedCommand, world: RequestContext) -> tuple[Service | None, ...]:
    """The service that is named, or all of a system that is."""
    slot = request.command.service
    named = request.values.get(slot.name) if slot else None
    if isinstance(named, System):
        return tuple(one for one in world.catalog.services if one.system == named.id)
    return (request.service,)


def _known(world: RequestContext, service: str) -> tuple[Service, ...]:
    found = world.catalog.service(service)
    return (found,) if found else ()


def _incident(world: RequestContext, id: str | None, request: ParsedCommand) -> Incident:
    """The incident of that id, else this channel's, else the only open one; of several one is pressed."""
    if id is not None:
        nothing = Refused(
            f"There is no incident {id}.", f"Type {slash('incident list')} to see the open ones."
        )
        return _of(world.incidents, id, nothing)
    if world.here is not None:
        return world.here
    if world.here_unreadable is not None:
        raise world.here_unreadable
    unreadable = tuple(world.open.unreadable.values())
    if not world.open and len(unreadable) == 1:
        raise unreadable[0].why
    if not world.open and not unreadable:
        raise Refused(
            "There is no open incident.", f"Declare one: {slash('incident declare')} SEVERITY SERVICE TITLE"
        )
    if len(world.open) == 1 and not unreadable:
        return world.open.first(1)[0]
    shown = [f"{one.id} ({one.title})" for one in world.open.first(5)]
    shown += [f"{one.id} (cannot be read)" for one in unreadable[:5]]
    raise Refused(
        f"There are {len(world.open) + len(unreadable)} open incidents: {', '.join(shown)}.",
        "Type it in the incident's own channel, or add incident=INC-…",
        offers=tuple(_of_it(one, request) for one in world.open.first(3)),
    )


def _of_it(incident: Incident, request: ParsedCommand) -> Offer:
    slot = numbered(request.command)
    assert slot is not None
    named = replace(request, values={**request.values, slot.name: incident.id})
    return Offer(f"{incident.id} · {incident.title}"[:70], render(named))


def _operation(world: RequestContext, id: str | None) -> Operation:
    """The operation of that id, else the newest of this channel that can be taken back."""
    if id is not None:
        nothing = Refused(f"There is no operation {id}.", "Its id stands on its message, such as OP-17.")
        return _of(world.operations, id, nothing)
    for operation in world.recent:
        if operation.may_be_undone(world.now) or operation.may_be_aborted:
            return operation
    raise Refused("Nothing in this channel can be undone.", f"Name the operation: {slash('undo')} OP-17.")


def _maintenance(world: RequestContext, id: str | None) -> Maintenance:
    """The maintenance of that id, else the only one that is not over."""
    if id is not None:
        nothing = Refused(
            f"There is no maintenance {id}.", f"Type {slash('maintenance list')} to see what is planned."
        )
        return _of(world.maintenances, id, nothing)
    if not world.planned:
        raise Refused(
            "No maintenance is planned.", f"Plan one: {slash('maintenance schedule')} SERVICE START DURATION"
        )
    if len(world.planned) == 1:
        return world.planned[0]
    listed = ", ".join(f"{one.id} ({one.service})" for one in world.planned[:5])
    raise Refused(f"There are {len(world.planned)} maintenances planned: {listed}.", "Add the id: MNT-…")


def _no_alert(id: str) -> Refused:
    return Refused(f"There is no alert {id}.", f"Type {slash('alert list')} to see those that fire.")


def _guide(world: RequestContext, id: str) -> RunbookRun:
    nothing = Refused(f"There is no open runbook {id}.", f"Open one: {slash('runbook')} SERVICE NAME")
    return _of(world.guides, id, nothing)


def _of(kept: Mapping[str, Kept], id: str, nothing: Refused) -> Kept:
    if id not in kept:
        raise nothing
    return kept[id]
