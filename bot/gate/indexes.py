"""Which lists things join and leave by their events: the lists can be made anew from these alone."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.gate import streams
from bot.ids import StreamId
from model.events import Event, RecordedEvent
from model.ports.journal import IndexChange

_OPERATION_IS_OVER = frozenset(
    {
        "op.turned_down",
        "op.ended",
        "op.cancelled",
        "op.expired",
        "op.dropped",
        "op.superseded",
        "op.watch_stopped",
    }
)

KINDS = frozenset({"op", "inc", "mnt", "alr"})
"""What stands before the colon of streams that are in lists."""

TYPES = _OPERATION_IS_OVER | {
    "op.proposed",
    "incident.declared",
    "incident.reopened",
    "incident.resolved",
    "incident.channel_created",
    "maintenance.scheduled",
    "maintenance.started",
    "maintenance.done",
    "maintenance.cancelled",
    "alert.fired",
    "alert.resolved",
}
"""Events that move something in a list."""


def of_operation(id: str, at: datetime, events: Iterable[Event | RecordedEvent]) -> Iterator[IndexChange]:
    """An operation is listed under its service and where it was asked for, and while it is not over."""
    for event in events:
        if event.type == "op.proposed":
            lists = (
                streams.operations_of(str(event.data["service"])),
                streams.operations_in(str(event.data["channel"])),
                streams.UNFINISHED,
            )
            for index in lists:
                yield IndexChange(op="add", index=index, key=id, score=at.timestamp())
        elif event.type in _OPERATION_IS_OVER:
            yield IndexChange(op="remove", index=streams.UNFINISHED, key=id)


def of_incident(id: str, at: datetime, events: Iterable[Event | RecordedEvent]) -> Iterator[IndexChange]:
    """An incident is listed from its declaration on, while it is open, and under its channel."""
    for event in events:
        if event.type == "incident.declared":
            yield IndexChange(op="add", index=streams.ALL_INCIDENTS, key=id, score=at.timestamp())
        if event.type in {"incident.declared", "incident.reopened"}:
            yield IndexChange(op="add", index=streams.OPEN_INCIDENTS, key=id, score=at.timestamp())
        if event.type == "incident.resolved":
            yield IndexChange(op="remove", index=streams.OPEN_INCIDENTS, key=id)
        if event.type == "incident.channel_created":
            channel = str(event.data.get("channel", ""))  # a stranger's may have none
            yield IndexChange(op="put", index=streams.INCIDENT_OF_CHANNEL, key=channel, value=id)


def of_maintenance(id: str, service: str, events: Iterable[Event | RecordedEvent]) -> Iterator[IndexChange]:
    """A maintenance is listed by its start until it is over, and under its service once it runs."""
    for event in events:
        if event.type == "maintenance.scheduled":
            start = datetime.fromisoformat(str(event.data["start"])).timestamp()
            yield IndexChange(op="add", index=streams.PLANNED_MAINTENANCE, key=id, score=start)
        elif event.type == "maintenance.started":
            yield IndexChange(op="put", index=streams.RUNNING_MAINTENANCE, key=service, value=id)
        elif event.type in {"maintenance.done", "maintenance.cancelled"}:
            yield IndexChange(op="remove", index=streams.PLANNED_MAINTENANCE, key=id)


def of_alert(id: str, at: datetime, events: Iterable[Event | RecordedEvent]) -> Iterator[IndexChange]:
    """An alert is found by its tool's key, and listed while it fires."""
    for event in events:
        if event.type == "alert.fired":
            key = str(event.data.get("key", ""))
            yield IndexChange(op="put", index=streams.ALERT_OF_KEY, key=key, value=id)
            yield IndexChange(op="add", index=streams.OPEN_ALERTS, key=id, score=at.timestamp())
            if quiet := str(event.data.get("quiet", "")):
                index = streams.quiet_alerts(quiet)
                yield IndexChange(op="add", index=index, key=id, score=at.timestamp())
        elif event.type == "alert.resolved":
            yield IndexChange(op="remove", index=streams.OPEN_ALERTS, key=id)


def derived(stream: str, records: Sequence[RecordedEvent]) -> Iterator[tuple[datetime, IndexChange]]:
    """What a whole stream did to the lists, each with its time; nothing for streams that are in none."""
    of = StreamId.parse(stream)
    id = of.subject
    service = str(records[0].data.get("service", "")) if records else ""
    for record in records:
        match of.kind:
            case "op":
                changes = of_operation(id, record.at, (record,))
            case "inc":
                changes = of_incident(id, record.at, (record,))
            case "mnt":
                changes = of_maintenance(id, service, (record,))
            case "alr":
                changes = of_alert(id, record.at, (record,))
            case _:
                return
        for change in changes:
            yield record.at, change


def owner(change: IndexChange) -> str:
    """The stream that an entry of a list comes from; empty for lists that are made from none."""
    if change.index in {streams.ALL_INCIDENTS, streams.OPEN_INCIDENTS}:
        return streams.incident(change.key)
    if change.index == streams.INCIDENT_OF_CHANNEL:
        return streams.incident(change.value)
    if change.index == streams.OPEN_ALERTS or change.index.startswith(streams.quiet_alerts("")):
        return streams.alert(change.key)
    if change.index == streams.ALERT_OF_KEY:
        return streams.alert(change.value)
    if change.index == streams.PLANNED_MAINTENANCE:
        return streams.maintenance(change.key)
    if change.index == streams.RUNNING_MAINTENANCE:
        return streams.maintenance(change.value)
    is_of_operations = change.index.partition(":")[0] in {"operations", "operations-in"}
    return streams.operation(change.key) if is_of_operations or change.index == streams.UNFINISHED else ""
