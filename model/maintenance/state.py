"""A maintenance as its events leave it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from model.events import RecordedEvent
from model.maintenance import events as happened
from model.maintenance.checklist import Item
from model.people import Person
from model.plan import Value

OBJECT_WITHIN = timedelta(hours=1)
"""A maintenance that was announced later than so long before its start relieves no change of approval."""

OBJECT_TO_ONE_WITHIN = timedelta(hours=24)
"""The same for changes of the very person who scheduled it: within a day every time zone has been at work."""


class Phase(StrEnum):
    """How far it is."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class Tick(Value):
    """Who did an item of the checklists, and when."""

    item: Item
    who: Person
    at: datetime


class Maintenance(BaseModel):
    """One maintenance. Times are UTC; `version` is the stream's. rang: bells that were rung."""

    model_config = ConfigDict(frozen=True)

    id: str
    service: str
    service_name: str
    system: str
    start: datetime
    end: datetime
    text: str = ""
    notice: timedelta
    is_emergency: bool = False
    because: str = ""
    cautions: tuple[str, ...] = ()
    asked_in: str = ""
    scheduled_by: Person
    scheduled_at: datetime
    phase: Phase = Phase.SCHEDULED
    started_by: Person | None = None
    started_at: datetime | None = None
    ended_by: Person | None = None
    ended_at: datetime | None = None
    last_words: str = ""
    ticks: tuple[Tick, ...] = ()
    fired: frozenset[happened.Bell] = frozenset()
    version: int = 0

    @property
    def stream(self) -> str:
        """Where its events are kept."""
        return f"mnt:{self.id}"

    @property
    def is_open(self) -> bool:
        """Whether it is neither done nor cancelled."""
        return self.phase in {Phase.SCHEDULED, Phase.RUNNING}

    @property
    def ticked(self) -> dict[Item, Tick]:
        """What of the checklists is done."""
        return {tick.item: tick for tick in self.ticks}

    @property
    def is_announced(self) -> bool:
        """Whether people had time to object; else it would be a way round approvals for one alone."""
        return self.start - self.scheduled_at >= OBJECT_WITHIN

    @property
    def is_announced_long_ahead(self) -> bool:
        """Whether people had a whole day to object, so that it may be one person's alone."""
        return self.start - self.scheduled_at >= OBJECT_TO_ONE_WITHIN

    def relieves(self, *, by_another: bool) -> bool:
        """Whether changes in it take no approval; `by_another`: someone else than who changes planned it."""
        return self.is_announced if by_another else self.is_announced_long_ahead

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is open after its announced end."""
        return self.is_open and now >= self.end

    def covers(self, now: datetime) -> bool:
        """Whether changes of its service belong to it now: it runs, and its announced end has not come."""
        return self.phase is Phase.RUNNING and now < self.end


def fold(records: Iterable[RecordedEvent], start: Maintenance | None = None) -> Maintenance | None:
    """The maintenance after these records, in order; None when there are none.

    Raises ValueError for a stream that does not begin with its schedule.
    """
    found = start
    for record in records:
        found = _after(found, happened.from_recorded(record), record)
    return found


def _after(found: Maintenance | None, event: happened.MaintenanceEvent, record: RecordedEvent) -> Maintenance:
    who = Person(team=record.who.team, user=record.who.user)
    if isinstance(event, happened.Scheduled):
        if found is not None:
            raise ValueError(f"{record.stream}: a maintenance is scheduled once")
        said = event.model_dump(exclude={"type", "channel"})
        return Maintenance(
            **said,
            asked_in=event.channel,
            scheduled_by=who,
            scheduled_at=record.at,
            version=record.version,
        )
    if found is None:
        raise ValueError(f"{record.stream} does not begin with maintenance.scheduled")
    return found.model_copy(update={**_changes(found, event, who, record.at), "version": record.version})


def _changes(
    found: Maintenance, event: happened.MaintenanceEvent, who: Person, at: datetime
) -> dict[str, Any]:
    """The fields an event changes."""
    match event:
        case happened.Reminded():
            return {"fired": found.fired | {event.bell}}
        case happened.Ticked():
            return {"ticks": _with(found, event.item, who, at)}
        case happened.Started():
            return {"phase": Phase.RUNNING, "started_by": who, "started_at": at}
        case happened.Done():
            ended = {"phase": Phase.DONE, "ended_by": who, "ended_at": at, "last_words": event.text}
            return {**ended, "ticks": _with(found, "notice", who, at)}
        case happened.Cancelled():
            ended = {"phase": Phase.CANCELLED, "ended_by": who, "ended_at": at}
            return {**ended, "last_words": event.because}
        case happened.Scheduled():
            return {}


def _with(found: Maintenance, item: Item, who: Person, at: datetime) -> tuple[Tick, ...]:
    if item in found.ticked:
        return found.ticks
    return (*found.ticks, Tick(item=item, who=who, at=at))
