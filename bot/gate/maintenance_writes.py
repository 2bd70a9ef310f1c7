"""What a maintenance's events write: its stream, and the lists it joins or leaves."""

from bot.gate import streams
from bot.gate.indexes import of_maintenance
from model.maintenance.events import to_event
from model.outcomes import UpdateMaintenance
from model.ports.journal import IndexChange, Write


def upkeep(outcome: UpdateMaintenance) -> tuple[str, tuple[Write, ...], tuple[IndexChange, ...]]:
    """The maintenance's id, its events on the version they were decided on, and its indexes.

    Ticks contradict nobody, so they need not wait their turn.
    """
    version = outcome.maintenance.version if outcome.maintenance else 0
    is_tick = {event.type for event in outcome.events} == {"maintenance.ticked"}
    events = tuple(to_event(event) for event in outcome.events)
    write = Write(stream=streams.maintenance(outcome.id), expect=None if is_tick else version, events=events)
    return outcome.id, (write,), tuple(of_maintenance(outcome.id, outcome.service, events))
