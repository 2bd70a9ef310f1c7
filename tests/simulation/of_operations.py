"""What must hold of changes: at every effect on the cloud, and once the world has come to rest."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.gate.incident_facts import SERIOUS, is_mitigation
from bot.views.operation.card import card
from model.operations.state import OVER, Operation, Phase, StepState, fold
from tests.simulation.cloud import Effect
from tests.simulation.process import SERVICES

if TYPE_CHECKING:
    from tests.simulation.world import World

_LATELY = timedelta(seconds=30)
"""What happened so shortly before may not have been known when it was decided."""


_AT_ONCE = timedelta(seconds=1)
"""Between the reading of a clock and the commit that carries its time."""


def at_effect(world: "World", effect: Effect) -> Iterator[str]:
    """What does not hold when the cloud is changed."""
    id, index, _ = effect.token.rsplit("-", 2)
    operation = fold(world.durable.journal.streams[f"op:{id}"])
    assert operation is not None
    if operation.phase is not Phase.APPLYING or operation.steps[int(index)] is not StepState.BEGUN:
        yield f"{effect} without its intent in the journal: {operation.phase}"
    if operation.confirmed_by is None or operation.confirmed_by.user == "U0EVE":
        yield f"{effect} was confirmed by {operation.confirmed_by}"
    if len(operation.approved_by) < operation.needs:
        yield f"{effect} lacks approvals"
    call = (id, index)
    if [tuple(one.token.rsplit("-", 2)[:2]) for one in world.cloud.effects].count(call) > 1:
        yield f"{effect} is made a second time"
    for other in world.operations():
        if other.id != id and other.service == effect.service and other.phase is Phase.APPLYING:
            yield f"{effect} while {other.id} is between its calls"
    yield from _held_back(world, operation, effect)


def _held_back(world: "World", operation: Operation, effect: Effect) -> Iterator[str]:
    """Beside a serious incident that its on-call has acknowledged, only what belongs to it is done."""
    started = operation.started_at
    assert started is not None
    serious = [
        one
        for one in world.incidents_at(started - _LATELY)
        if one.is_open and one.service == operation.service and one.rank <= SERIOUS
    ]
    held = [one for one in serious if one.acknowledged_by and one.acknowledged_by.user == "U0BEN"]
    people = [one for one in (operation.asked_by, operation.confirmed_by) if one is not None]
    now = world.incidents_at(started)
    mine = any(is_mitigation(one, person, operation.channel) for one in now for person in people)
    if held and not mine:
        yield f"{effect} was started beside {held[0].id}, and has nothing to do with it"


def at_rest(world: "World") -> Iterator[str]:
    """What does not hold at the end."""
    operations = world.operations()
    for operation in operations:
        world.report.ended[operation.phase] = world.report.ended.get(operation.phase, 0) + 1
        if operation.phase not in OVER and not operation.dry:
            yield f"{operation.id} is left {operation.phase}"
        yield from _shown(world, operation)
        yield from _ended_well(world, operation)
        yield from _ended_with_its_incident(world, operation)
    for service in SERVICES:
        yield from _as_told(world, service, operations)


def _shown(world: "World", operation: Operation) -> Iterator[str]:
    shown = world.slack.shown(operation.id)
    wanted = card(operation, world.now()).text
    if operation.phase in {Phase.TURNED_DOWN, Phase.DROPPED} and not shown:
        return
    if (shown[-1:] if world.may_post_twice else shown) != [wanted]:
        yield f"{operation.id} is shown as {shown}, and is {wanted!r}"
    for key, _, message in world.slack.keyed(f"op:{operation.id}:incident"):
        if message["text"] != wanted:
            yield f"{key} says {message['text']!r}, and it is {wanted!r}"


def _ended_well(world: "World", operation: Operation) -> Iterator[str]:
    """An operation that another one ended was only watched then; what undid it succeeded."""
    events = world.durable.journal.streams[operation.stream]
    for number, event in enumerate(events):
        if event.type not in {"op.superseded", "op.watch_stopped", "op.dropped"}:
            continue
        before = fold(events[:number])
        assert before is not None
        if event.type == "op.dropped":
            if before.has_begun or before.is_over:
                yield f"{operation.id} was dropped while it was {before.phase}"
        elif before.phase is not Phase.WATCHING:
            yield f"{operation.id}: {event.type} while it was {before.phase}"
    undoing = {one.id: one for one in world.operations()}.get(operation.undone_by)
    if undoing is not None and undoing.phase is not Phase.SUCCEEDED:
        yield f"{operation.id} is called undone by {undoing.id}, which {undoing.phase}"


def _ended_with_its_incident(world: "World", operation: Operation) -> Iterator[str]:
    """Nothing of an incident begins after its end, unless it was reopened."""
    events = world.durable.journal.streams.get(f"inc:{operation.incident}", [])
    ends = [one.at for one in events if one.type == "incident.resolved"]
    back = any(one.type == "incident.reopened" for one in events)
    if ends and not back and operation.started_at and operation.started_at > ends[0] + _AT_ONCE:
        yield f"{operation.id} of {operation.incident} began after that was resolved"
    ran_out = operation.ended_at if operation.phase is Phase.EXPIRED else None
    if ends and not back and ran_out and ran_out > ends[0] + _AT_ONCE:
        yield f"{operation.id} was open for longer than {operation.incident}, and ran out by itself"


def _as_told(world: "World", service: str, operations: Sequence[Operation]) -> Iterator[str]:
    """What the last change said that it did is what the cloud has, unless somebody moved it since."""
    effects = [one for one in world.cloud.effects if one.service == service]
    if not effects:
        return
    last = next(one for one in operations if one.id == effects[-1].token.rsplit("-", 2)[0])
    target = world.cloud.target(service)
    if last.phase is not Phase.SUCCEEDED or world.drifted.get(service, 0.0) > effects[-1].at_s:
        return
    assert last.plan is not None
    told = {name: value for name, value in last.plan.goal.items() if getattr(target, name) != value}
    if told and service not in world.drifted:
        yield f"{last.id} says that it succeeded with {told}, and the cloud has {target}"
