"""What people say of a schedule beside the catalog; kept in the stream `oncall:<handle>`."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from model.events import Event, RecordedEvent
from model.value import Value


class Swapped(Value):
    """Someone is on call instead of whoever it was, from `start` to `end` (UTC)."""

    type: Literal["oncall.swapped"] = "oncall.swapped"
    schedule: str
    who: str
    start: AwareDatetime
    end: AwareDatetime


def stream(handle: str) -> str:
    """Where a schedule's swaps are kept."""
    return f"oncall:{handle}"


def to_event(event: Swapped) -> Event:
    """The journal's form of an event."""
    return Event(type=event.type, data=event.model_dump(mode="json", exclude={"type"}))


def swaps_of(records: Iterable[RecordedEvent], since: datetime) -> tuple[Swapped, ...]:
    """The swaps that have not long ended, in the order they were said."""
    found = (Swapped.model_validate(dict(one.data)) for one in records if one.type == "oncall.swapped")
    return tuple(one for one in found if one.end > since - timedelta(days=1))
