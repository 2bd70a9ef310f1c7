"""Which arguments of a command a service has: each is tried on whoever would have to make the change."""

from collections.abc import Callable

from model.catalog.schema import Service
from model.context import Invocation, RequestContext, Subject
from model.language.declare import ArgumentSlot, Command, Kind
from model.language.parameters import Count, InstanceClassNamed, IntegerParameter, Parameter, ParseContext
from model.language.parse import parse
from model.outcomes import ProposeChange
from model.people import Person
from model.plan import Change
from model.refusal import Refused

Accepts = Callable[[Service, Change], bool]
"""Whether a part of the service takes this kind of change at all."""

_NOBODY = Person(team="", user="")


def accepts_all(service: Service, change: Change) -> bool:
    """What is known of targets where none can be asked."""
    return True


def slots_for(
    command: Command, service: Service | None, world: RequestContext, accepts: Accepts
) -> tuple[ArgumentSlot, ...]:
    """The arguments that a form should ask for: those that the service has.

    Without a service those that every service has; what cannot be tried is kept.
    """
    if command.kind is not Kind.CHANGE or command.service is None:
        return command.slots
    asked = (service,) if service else _one_of_each_kind(world)
    return tuple(
        slot for slot in command.slots if all(_has(command, slot, one, world, accepts) for one in asked)
    )


def _one_of_each_kind(world: RequestContext) -> tuple[Service, ...]:
    found = {tuple(part.target.kind for part in one.parts): one for one in world.catalog.services}
    return tuple(found.values())


def _has(
    command: Command, slot: ArgumentSlot, service: Service, world: RequestContext, accepts: Accepts
) -> bool:
    word = "" if slot.is_required else _sample(slot.parameter)
    if not word:
        return True
    said = f"{slot.name}={word}" if slot.is_option else word
    setting = ParseContext(world.catalog, team="")
    try:
        request = parse(command, f"{service.id} {said}", setting)
        ask = Invocation(_NOBODY, request, Subject((service,)), world.context, setting)
        outcome = command.decide(ask, **request.values)
    except Refused:
        return True
    return not isinstance(outcome, ProposeChange) or accepts(service, outcome.change)


def _sample(parameter: Parameter) -> str:
    """A value that could stand there; empty where none is known."""
    match parameter:
        case IntegerParameter():
            return str(max(parameter.least, 1))
        case Count():
            return "+1"
        case InstanceClassNamed():
            return "db.r6g.large"
        case _:
            return ""
