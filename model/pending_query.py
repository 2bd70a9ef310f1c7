"""Questions about a service, kept until they are answered, so that none is lost in a crash."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from model.events import Event, RecordedEvent
from model.people import Person
from model.queries import Query
from model.value import Value


class QueryAsked(Value):
    """Someone wants to see something. `is_public`: shown to the channel, else only to the asker.

    others: services that are asked the same; of_system: because their system was asked about.
    incident: whose timeline tells of it.
    """

    type: Literal["look.asked"] = "look.asked"
    question: Query
    service: str
    others: tuple[str, ...] = ()
    of_system: bool = False
    line: str
    channel: str
    thread_ts: str = ""
    is_public: bool = False
    incident: str = ""


class PendingQuery(BaseModel):
    """One question as it stands."""

    model_config = ConfigDict(frozen=True)

    id: str
    question: Query
    service: str
    others: tuple[str, ...]
    of_system: bool
    line: str
    channel: str
    thread_ts: str
    is_public: bool
    incident: str
    by: Person
    at: datetime
    version: int


def to_event(asked: QueryAsked) -> Event:
    """The journal's form."""
    return Event(type=asked.type, data=asked.model_dump(mode="json", exclude={"type"}))


def fold(records: Iterable[RecordedEvent], start: PendingQuery | None = None) -> PendingQuery | None:
    """The question behind a `look:` stream."""
    for record in records:
        if record.type == "look.asked":
            asked = QueryAsked.model_validate(record.data)
            start = PendingQuery.model_validate(
                {
                    **{name: getattr(asked, name) for name in QueryAsked.model_fields if name != "type"},
                    "id": record.stream.split(":", 1)[1],
                    "by": Person(team=record.who.team, user=record.who.user),
                    "at": record.at,
                    "version": record.version,
                }
            )
    return start
