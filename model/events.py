"""Events: what is to be recorded, what was recorded, and by whom."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from model.ports.journal import Commit, Committed


class JournalValue(BaseModel):
    """The base of what goes through the journal's ports: never changed, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Event(JournalValue):
    """What a room wants recorded: a dotted past-tense type ("incident.declared") and JSON-able data."""

    type: str = Field(min_length=1)
    data: dict[str, JsonValue] = Field(default={})


class Actor(JournalValue):
    """Who caused a commit: Slack team and user ids (never names), and by which door they came in."""

    team: str
    user: str
    via: Literal["slash", "mention", "button", "modal", "shortcut", "undo", "cli", "timer", "system"]


class RecordedEvent(JournalValue):
    """One event as stored; `version` counts from 1 within its stream, without gaps."""

    stream: str
    version: int
    at: datetime
    who: Actor
    type: str
    data: dict[str, JsonValue]


def written(commit: Commit, done: Committed) -> dict[str, list[RecordedEvent]]:
    """The events of a commit as they stand in the journal now, by stream."""
    return {
        write.stream: [
            RecordedEvent(
                stream=write.stream,
                version=done.versions[write.stream] - len(write.events) + number,
                at=commit.at,
                who=commit.who,
                type=event.type,
                data=event.data,
            )
            for number, event in enumerate(write.events, 1)
        ]
        for write in commit.writes
        if write.events
    }


class Place(JournalValue):
    """A place of the whole log: an entry's number, and the digest that tells it from another log's."""

    entry: int = 0
    digest: str = ""


class Where(JournalValue):
    """Asks how far the whole log goes; answered by `Place`."""


class Moved(JournalValue):
    """Asks which streams moved after a place of the whole log; answered by `Moves | None`.

    None: the log does not have that place any more, so nothing that was known of it holds.
    """

    after: Place


class Moves(JournalValue):
    """Streams that moved, each with its version then, as far as `to`. `is_all`: nothing comes after."""

    to: Place
    versions: dict[str, int] = {}
    is_all: bool = True
