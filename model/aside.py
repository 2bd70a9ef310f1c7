"""What operators say of reactions that were set aside."""

from typing import Literal

from model.events import Event
from model.value import Value

STREAM = "admin:aside"
"""Holds who took what up again."""


class Resumed(Value):
    """An operator took up what was set aside; name: as it was told, such as `drain:op:OP-7`."""

    type: Literal["aside.resumed"] = "aside.resumed"
    name: str


def to_event(event: Resumed) -> Event:
    """The journal's form of an event."""
    return Event(type=event.type, data={"name": event.name})
