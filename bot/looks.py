"""Questions about a target, kept until they are answered, so that none is lost in a crash."""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from model.change import Value
from model.people import Person
from model.recorded import Event, Recorded


class LookAsked(Value):
    """Someone wants to see something. `is_public`: shown to the channel, else only to the asker."""

    type: Literal["look.asked"] = "look.asked"
    what: str
    service: str
    channel: str
    thread_ts: str = ""
    is_public: bool = False


class Asking(BaseModel):
    """One question as it stands."""

    model_config = ConfigDict(frozen=True)

    id: str
    what: str
    service: str
    channel: str
    thread_ts: str
    is_public: bool
    by: Person
    version: int


def to_event(asked: LookAsked) -> Event:
    """The journal's form."""
    return Event(type=asked.type, data=asked.model_dump(mode="json", exclude={"type"}))


def fold(records: Iterable[Recorded], start: Asking | None = None) -> Asking | None:
    """The question behind a `look:` stream."""
    for record in records:
        if record.type == "look.asked":
            asked = LookAsked.model_validate(record.data)
            by = Person(team=record.who.team, user=record.who.user)
            fields = asked.model_dump(exclude={"type"})
            start = Asking(id=record.stream.split(":", 1)[1], by=by, version=record.version, **fields)
    return start
