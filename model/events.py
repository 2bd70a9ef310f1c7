"""Events: what is to be recorded, what was recorded, and by whom."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

UNDECODED = "undecoded"
"""The type of a stored event whose form is not ours; no kind of stream has one of this name."""


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
