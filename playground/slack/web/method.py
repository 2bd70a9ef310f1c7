"""What one Web API method is: its scopes, its tier, and the function that answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from playground.slack.courier import Courier
from playground.slack.errors import Refusal
from playground.slack.seed import BOT_USER
from playground.slack.workspace import Room, Workspace
from playground.slack.written import Json


@dataclass(frozen=True)
class Caller:
    """Who calls: the app's bot, a person with a token, or the app itself (Socket Mode)."""

    user: str
    scopes: frozenset[str] | None

    @property
    def is_bot(self) -> bool:
        """Whether the bot token was used."""
        return self.user == BOT_USER

    def has(self, *scopes: str) -> bool:
        """Whether any of these scopes was granted; people (scopes None) have them all."""
        return self.scopes is None or not scopes or any(scope in self.scopes for scope in scopes)

    def need(self, *scopes: str) -> None:
        """Raises Refusal missing_scope unless one of these was granted."""
        if not self.has(*scopes):
            granted = ",".join(sorted(self.scopes or ()))
            raise Refusal("missing_scope", needed=scopes[0], provided=granted)


@dataclass(frozen=True)
class Desk:
    """What a method works on: the workspace and the way to the app."""

    workspace: Workspace
    courier: Courier


@dataclass(frozen=True)
class Method:
    """One method; `scopes` are alternatives, `per_minute` is its rate tier, `token` what kind it takes.

    Without `takes_json` the arguments in a JSON body are not seen. `wants_team`: an organization's token
    has to say in which workspace.
    """

    run: Callable[[Desk, Caller, Json], Json]
    scopes: tuple[str, ...] = ()
    per_minute: int = 50
    token: str = "xoxb"
    takes_json: bool = True
    wants_team: bool = False


def need(args: Json, name: str, code: str = "invalid_arguments") -> str:
    """A required text argument. Raises Refusal with this code when it is missing."""
    value = args.get(name)
    if value in (None, ""):
        raise Refusal(code, [f"missing required field: {name}"] if code == "invalid_arguments" else [])
    return str(value)


def flag(args: Json, name: str) -> bool:
    """A boolean argument in any of the forms Slack takes."""
    return str(args.get(name, "")).lower() in ("1", "true")


def team_of(desk: Desk, args: Json) -> str:
    """The workspace that a call is about; without an organization there is one, whatever is said."""
    enterprise = desk.workspace.config.enterprise
    return str(args.get("team_id") or "") if enterprise else desk.workspace.config.team.id


def id_list(args: Json, name: str) -> list[str]:
    """A list argument, or text with commas."""
    value: Any = args.get(name) or []
    if isinstance(value, list):
        return [str(item) for item in cast("list[Any]", value)]
    return [item.strip() for item in str(value).split(",") if item.strip()]


def see_room(desk: Desk, caller: Caller, args: Json, action: str = "read") -> Room:
    """The room in `channel`, if the caller's scopes reach its type. Raises Refusal channel_not_found.

    A private room is invisible to those outside it, as at Slack.
    """
    room = desk.workspace.room(need(args, "channel", "channel_not_found"))
    if room.kind != "channels" and caller.user not in room.members:
        raise Refusal("channel_not_found")
    caller.need(
        f"{room.kind}:{action}", *(MANAGE[room.kind] if action.startswith(("manage", "write")) else ())
    )
    return room


MANAGE = {
    "channels": ("channels:manage", "channels:write"),
    "groups": ("groups:write",),
    "im": ("im:write",),
    "mpim": ("mpim:write",),
}


def page_of(items: list[Json], args: Json, key: str, default: int = 100) -> Json:
    """One page of a list with Slack's cursor. Raises Refusal invalid_cursor."""
    cursor = str(args.get("cursor") or "0")
    if not cursor.isdigit():
        raise Refusal("invalid_cursor")
    start, limit = int(cursor), min(int(args.get("limit") or default), 1000)
    following = str(start + limit) if start + limit < len(items) else ""
    return {key: items[start : start + limit], "response_metadata": {"next_cursor": following}}
