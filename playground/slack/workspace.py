"""The state of one local workspace, and the news of every change to it."""

import asyncio
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from playground.slack.errors import Refusal
from playground.slack.seed import APP_ID, BOT_ID, BOT_USER, Channel, Group, User, WorkspaceConfig
from playground.slack.stored_file import StoredFile
from playground.slack.written import Ack, Call, Delivered, Failed, Json, Refused


@dataclass
class Room:
    """A conversation: a channel, or a direct message when `im_user` is set. `messages` is by ts."""

    id: str
    name: str
    members: list[str]
    topic: str = ""
    purpose: str = ""
    is_private: bool = False
    is_archived: bool = False
    is_general: bool = False
    im_users: tuple[str, ...] = ()
    creator: str = ""
    created: int = 0
    team_id: str = ""
    messages: dict[str, Json] = field(default_factory=dict[str, Json])
    pins: list[str] = field(default_factory=list[str])
    bookmarks: list[Json] = field(default_factory=list[Json])

    @property
    def kind(self) -> str:
        """Slack's word for the type: `channels`, `groups`, `im` or `mpim`; it begins scopes and events."""
        if self.im_users:
            return "im" if len(self.im_users) <= 2 else "mpim"
        return "groups" if self.is_private else "channels"


@dataclass
class Trigger:
    """A trigger id that was handed out: to whom, when, from which view, and whether it was exchanged."""

    user: str
    born: datetime
    view_id: str = ""
    is_used: bool = False


Listener = Callable[[Json, str | None], None]


class Workspace:
    """All that the local Slack knows. Tests read it; only the Web API and people change it.

    taken: slash commands that another app has too, which was installed later. Slack then calls that app and
    not this one (https://docs.slack.dev/interactivity/implementing-slash-commands, on naming a command).
    """

    def __init__(self, config: WorkspaceConfig) -> None:
        self.config = config
        self.manifest = config.read_manifest()
        self.taken: set[str] = set()
        self.now = config.now
        self.people: dict[str, User] = {user.id: user for user in config.users}
        self.people[BOT_USER] = User(
            BOT_USER, self.manifest.bot_name.lower(), self.manifest.bot_name, is_bot=True
        )
        self.groups: dict[str, Group] = {group.id: group for group in config.groups}
        self.rooms: dict[str, Room] = {channel.id: _room(channel, config) for channel in config.channels}
        self.unseen: list[Json] = []
        self.modals: dict[str, list[Json]] = {}
        self.homes: dict[str, Json] = {}
        self.files: dict[str, StoredFile] = {}
        self.triggers: dict[str, Trigger] = {}
        self.calls: list[Call] = []
        self.refused: list[Refused] = []
        self.failures: list[Failed] = []
        self.deliveries: list[Delivered] = []
        self.news = asyncio.Event()
        self._listeners: list[Listener] = []
        self._last_us = 0

    # What tests read

    def messages(self, channel: str) -> list[Json]:
        """Messages of a channel (id or name), oldest first, thread replies included, ephemerals not."""
        return list(self.room(channel).messages.values())

    def ephemerals(self, user: str) -> list[Json]:
        """What only this user was shown, oldest first; each has `channel`, `for_user` and `ephemeral`."""
        return [message for message in self.unseen if message["for_user"] == user]

    def views(self, user: str) -> list[Json]:
        """The stack of modals open for a user, the top one last."""
        return list(self.modals.get(user, []))

    def home(self, user: str) -> Json | None:
        """The App Home last published for a user."""
        return self.homes.get(user)

    # Finding

    def room(self, channel: str) -> Room:
        """A room by id, `#name` or name. Raises Refusal channel_not_found."""
        name = channel.removeprefix("#")
        found = self.rooms.get(name) or next((r for r in self.rooms.values() if r.name == name), None)
        if found is None:
            raise Refusal("channel_not_found")
        return found

    def person(self, user: str) -> User:
        """A person by id. Raises Refusal user_not_found."""
        if user not in self.people:
            raise Refusal("user_not_found")
        return self.people[user]

    def holder(self, token: str, scope: str) -> str:
        """Whose token this is: the bot's, when it has this scope, or a person's; empty for nobody's."""
        if token == self.config.bot_token:
            return BOT_USER if scope in self.manifest.scopes else ""
        return next((user.id for user in self.people.values() if token and user.token == token), "")

    def all_views(self) -> Iterator[tuple[str, Json]]:
        """Every open modal and home with the id of its user."""
        for user, stack in self.modals.items():
            yield from ((user, view) for view in stack)
        yield from self.homes.items()

    def view(self, view_id: str = "", external_id: str = "") -> tuple[str, Json]:
        """The user and the view with this id. Raises Refusal not_found."""
        for user, view in self.all_views():
            if (view_id and view["id"] == view_id) or (external_id and view["external_id"] == external_id):
                return user, view
        raise Refusal("not_found")

    # Workspaces of an organization

    def teams_of(self, user: str) -> tuple[str, ...]:
        """The workspaces that someone is in; a stranger's is their own."""
        person = self.people[user]
        if person.is_bot:
            return tuple(self.team_ids)
        return tuple(person.teams) or (person.team_id or self.config.team.id,)

    @property
    def team_ids(self) -> list[str]:
        """The workspaces that the app was added to; the first has what names none."""
        enterprise = self.config.enterprise
        others = (
            [one.id for one in enterprise.teams if one.id not in enterprise.not_added] if enterprise else []
        )
        return [self.config.team.id, *others]

    def where(self, user: str, room: Room | None = None) -> str:
        """The workspace in which someone acts: the room's where they are in it, else their first."""
        mine = self.teams_of(user)
        return room.team_id if room is not None and room.team_id in mine else mine[0]

    # Ids

    def new_ts(self) -> str:
        """A message timestamp in Slack's form, greater than every one before it."""
        self._last_us = max(self._last_us + 1, int(self.now().timestamp() * 1_000_000))
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"

    def new_id(self, letter: str) -> str:
        """A fresh id in Slack's form, for example `V0A1B2C3D4E`."""
        return letter + "0" + secrets.token_hex(5).upper()

    def new_trigger(self, user: str, view_id: str = "") -> str:
        """A trigger id for this user, good for three seconds and one use."""
        key = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self.triggers[key] = Trigger(user, self.now(), view_id)
        return key

    def exchange(self, trigger_id: str) -> Trigger:
        """Use up a trigger id. Raises Refusal for one that is unknown, used or older than three seconds."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.is_used:
            raise Refusal("exchanged_trigger_id")
        if self.now() - trigger.born > timedelta(seconds=self.config.trigger_life_s):
            raise Refusal("expired_trigger_id")
        trigger.is_used = True
        return trigger

    # News

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change as a page event, with the only user who sees it; returns the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, event: Json, only: str | None = None) -> None:
        """Announce a change to those who wait for one and to the page."""
        self.news.set()
        for listener in list(self._listeners):
            listener(event, only)

    def put(self, room: Room, message: Json) -> Json:
        """Store a message of a room, or its new form, and announce it."""
        room.messages[message["ts"]] = message
        self.tell({"type": "message", "channel": room.id, "message": {**message, "channel": room.id}})
        return message

    def tell_room(self, room: Room) -> None:
        """Announce that a room's name, topic, members, pins or archive flag changed."""
        self.tell({"type": "channel", "channel": room_card(room)})

    def fail(self, user: str, channel: str, command: str, error: str) -> None:
        """Record a command that failed and show its user what Slackbot would say."""
        self.failures.append(Failed(user, channel, command, error))
        text = f'{command} failed with the error "{error}"'
        self.tell({"type": "command_failed", "channel": channel, "text": text}, only=user)

    def note_delivery(self, kind: str, payload: Json, ack: Ack, attempt: int) -> None:
        """Record one request that was sent to the app."""
        self.deliveries.append(Delivered(kind, payload, ack, attempt))
        self.news.set()


def room_card(room: Room) -> Json:
    """A room as the page shows it, without its messages."""
    return {
        "id": room.id,
        "name": room.name,
        "topic": room.topic,
        "purpose": room.purpose,
        "is_archived": room.is_archived,
        "is_private": room.is_private,
        "is_im": bool(room.im_users),
        "members": list(room.members),
        "pins": list(room.pins),
        "bookmarks": list(room.bookmarks),
    }


def app_marks(workspace: Workspace) -> dict[str, Any]:
    """The fields that say which app a message or view is from."""
    return {"app_id": APP_ID, "bot_id": BOT_ID, "team": workspace.config.team.id}


def _room(channel: Channel, config: WorkspaceConfig) -> Room:
    return Room(
        id=channel.id,
        name=channel.name,
        members=list(channel.members),
        topic=channel.topic,
        purpose=channel.purpose,
        is_private=channel.is_private,
        is_archived=channel.is_archived,
        is_general=channel.is_general,
        team_id=channel.team_id or config.team.id,
    )
