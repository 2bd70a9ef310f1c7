"""What a maintenance's events write: its stream, and the lists it joins or leaves."""

from collections.abc import Sequence

from bot import streams
from model.maintenance.events import MaintenanceEvent, Scheduled, to_event
from model.recorded import IndexChange, Write
from model.world import Upkeep


def upkeep(outcome: Upkeep) -> tuple[str, tuple[Write, ...], tuple[IndexChange, ...]]:
    """The maintenance's id, its events on the version they were decided on, and its indexes.

    Ticks contradict nobody, so they need not wait their turn.
    """
    version = outcome.maintenance.version if outcome.maintenance else 0
    is_tick = {event.type for event in outcome.events} == {"maintenance.ticked"}
    events = tuple(to_event(event) for event in outcome.events)
    write = Write(stream=streams.maintenance(outcome.id), expect=None if is_tick else version, events=events)
    return outcome.id, (write,), _indexes(outcome.id, outcome.service, outcome.events)


def _indexes(id: str, service: str, events: Sequence[MaintenanceEvent]) -> tuple[IndexChange, ...]:
    changes: list[IndexChange] = []
    for event in events:
        match event.type:
            case "maintenance.scheduled":
                assert isinstance(event, Scheduled)
                score = event.start.timestamp()
                changes.append(IndexChange(op="add", index=streams.PLANNED_MAINTENANCE, key=id, score=score))
            case "maintenance.started":
                put = IndexChange(op="put", index=streams.RUNNING_MAINTENANCE, key=service, value=id)
                changes.append(put)
            case "maintenance.done" | "maintenance.cancelled":
                changes.append(IndexChange(op="remove", index=streams.PLANNED_MAINTENANCE, key=id))
            case _:
                pass
    return tuple(changes)
