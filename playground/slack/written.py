"""What a local workspace writes down, for tests to read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias, cast

Json: TypeAlias = dict[str, Any]


def objects(value: Any) -> list[Json]:
    """The JSON objects in a JSON list; anything else in it, or in place of it, is left out."""
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("Json", item) for item in items if isinstance(item, dict)]


def as_object(value: Any) -> Json:
    """A JSON object, or an empty one in place of anything else."""
    return cast("Json", value) if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Ack:
    """How the app answered one request; `status` 0 means it did not, and `error` then says why.

    `body` is the JSON object answered, or `{"text": …}` for plain text, or empty. `may_retry` is False when
    the app asked with X-Slack-No-Retry not to be sent the event again.
    """

    status: int
    body: Json = field(default_factory=dict[str, Any])
    error: str = ""
    may_retry: bool = True

    @property
    def ok(self) -> bool:
        """Whether the app acknowledged in time."""
        return self.status == 200


@dataclass(frozen=True)
class Call:
    """One Web API call; `args` is what was sent, without the token, and `error` Slack's code or empty."""

    method: str
    args: Json
    at: datetime
    error: str = ""


@dataclass(frozen=True)
class Refused:
    """A payload that Slack would refuse, and each reason."""

    method: str
    payload: Json
    why: list[str]


@dataclass(frozen=True)
class Failed:
    """A slash command, action or form that did not get an acknowledgement."""

    user: str
    channel: str
    command: str
    error: str


@dataclass(frozen=True)
class Delivered:
    """One request sent to the app; `kind` is `slash_commands`, `interactive` or `events_api`."""

    kind: str
    payload: Json
    ack: Ack
    attempt: int
