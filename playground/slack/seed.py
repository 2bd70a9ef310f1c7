"""What a local workspace starts with: people, groups, channels and the app's manifest."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from playground.faults import FaultBoard
from playground.slack.manifest import Manifest
from playground.slack.written import Json

BOT_USER = "UBOT"
BOT_ID = "BBOT"
APP_ID = "A0MUSTER"


def wall_clock() -> datetime:
    """The time of this machine, with zone UTC; the one place where the local Slack reads it."""
    return datetime.now(UTC)  # noqa: TID251 - the process edge; everything else is given a clock


@dataclass(frozen=True)
class Team:
    """The workspace itself."""

    id: str = "T0MUSTER"
    name: str = "Muster"
    domain: str = "muster"


@dataclass(frozen=True)
class Enterprise:
    """An Enterprise organization that has the app for all: `teams` are its workspaces besides the first.

    The app was added to all of them but those in `not_added`.
    """

    id: str = "E0MUSTER"
    name: str = "Muster Group"
    teams: Sequence[Team] = ()
    not_added: Sequence[str] = ()


@dataclass(frozen=True)
class User:
    """One person; `team_id` differs from the workspace's for a stranger of a shared channel.

    teams: the workspaces of the organization that the person is in; empty for the first alone.
    """

    id: str
    name: str
    real_name: str = ""
    title: str = ""
    token: str = ""
    color: str = "4a7bd0"
    tz: str = "Etc/UTC"
    tz_offset_s: int = 0
    is_bot: bool = False
    is_guest: bool = False
    is_deleted: bool = False
    team_id: str = ""
    email: str = ""
    teams: Sequence[str] = ()


@dataclass(frozen=True)
class Group:
    """A user group (`@handle`) and the ids of its members; `team_id` is empty for the first workspace."""

    id: str
    handle: str
    name: str
    users: Sequence[str] = ()
    team_id: str = ""


@dataclass(frozen=True)
class Channel:
    """A channel as it is at the start; `members` are user ids, `team_id` is empty for the first workspace."""

    id: str
    name: str
    members: Sequence[str] = ()
    topic: str = ""
    purpose: str = ""
    is_private: bool = False
    is_archived: bool = False
    is_general: bool = False
    team_id: str = ""


@dataclass(frozen=True)
class Pace:
    """How fast Slack lets an app post: a bucket for each channel, and whether method tiers count."""

    posts_per_s: float = 1.0
    burst: int = 5
    tiers: bool = True


@dataclass
class Rotating:
    """Tokens that run out (https://docs.slack.dev/authentication/using-token-rotation).

    first: the refresh token of the install; refresh: the only one that is taken now; until: the access
    tokens, and when each runs out.
    """

    client_id: str = "111.222"
    client_secret: str = "local-client-secret"
    first: str = "xoxe-1-first"
    refresh: str = "xoxe-1-first"
    life_s: float = 43_200.0
    until: dict[str, datetime] = field(default_factory=dict[str, datetime])


@dataclass
class WorkspaceConfig:
    """Everything a local Slack is told at its start; `request_url` may be set later on `Running`.

    `enterprise`: the app is installed for a whole organization, whose first workspace is `team`.
    `pace` None switches the rate limits off. `ack_timeout_s`, `trigger_life_s` and
    `event_retry_waits_s` are Slack's own figures by default; tests change them.
    `file_processing_s` is how long a completed file has no type. `now` must return an aware datetime.
    """

    users: Sequence[User] = ()
    groups: Sequence[Group] = ()
    channels: Sequence[Channel] = ()
    manifest: Json = field(default_factory=dict[str, Any])
    team: Team = field(default_factory=Team)
    enterprise: Enterprise | None = None
    rotating: Rotating | None = None
    signing_secret: str = "local-signing-secret"
    bot_token: str = "xoxb-local-muster"
    app_token: str = "xapp-local-muster"
    request_url: str | None = None
    faults: FaultBoard = field(default_factory=FaultBoard)
    pace: Pace | None = None
    ack_timeout_s: float = 3.0
    trigger_life_s: float = 3.0
    event_retry_waits_s: Sequence[float] = (0.0, 60.0, 300.0)
    file_processing_s: float = 0.2
    now: Callable[[], datetime] = wall_clock

    def read_manifest(self) -> Manifest:
        """The manifest in typed form."""
        return Manifest.of(self.manifest)
