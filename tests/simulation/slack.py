"""Slack's Web API as far as Muster's messages and channels go: slow, failing, losing answers, forbidding."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from tests.simulation.faults import REFUSALS, Faults

INCIDENTS = "C0INC"
ME = "U0MUSTER"


@dataclass
class Room:
    """A channel that Muster made."""

    id: str
    name: str
    created_s: float
    topic: str = ""
    members: set[str] = field(default_factory=set[str])
    pinned: set[str] = field(default_factory=set[str])


class Forbidden(Exception):
    """The workspace says no; carries Slack's own word for it."""


class SimulatedSlack:
    """`messages`: channel → ts → message as it stands. `whispers`: what single people were shown.

    began_s: when the world began, in seconds since 1970, as Slack stamps what is made.
    """

    def __init__(self, faults: Faults, began_s: float = 0.0) -> None:
        self._faults, self._began_s = faults, began_s
        self.messages: dict[str, dict[str, dict[str, Any]]] = {}
        self.rooms: dict[str, Room] = {}
        self.whispers: list[tuple[str, str]] = []
        self.away_until_s = 0.0
        self._number = 0

    async def api_call(
        self,
        api_method: str,
        *,
        http_verb: str = "POST",
        json: dict[str, Any] | None = None,
        params: dict[str, Any] | None = None,
        **_: Any,
    ) -> AsyncSlackResponse:
        await asyncio.sleep(self._faults.dice.uniform(0.05, 0.8))
        is_away = asyncio.get_running_loop().time() < self.away_until_s
        if is_away or self._faults.happens(self._faults.slack_fails):
            raise SlackApiError(
                "failing", self._answer(api_method, {"ok": False, "error": "internal_error"}, 500)
            )
        arguments = json or params or {}
        try:
            data = self._done(api_method, arguments)
        except Forbidden as why:
            raise SlackApiError(
                "no", self._answer(api_method, {"ok": False, "error": str(why)}, 200)
            ) from None
        if self._faults.happens(self._faults.slack_loses):
            raise TimeoutError("the answer was lost")
        return self._answer(api_method, data)

    def _done(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = str(arguments.get("channel", ""))
        if method in self._faults.forbidden:
            raise Forbidden(REFUSALS[method])
        if method.startswith("chat.post") and channel == INCIDENTS and "announcing" in self._faults.forbidden:
            raise Forbidden(REFUSALS["announcing"])
        if method.startswith(("conversations.", "pins.", "users.")) and "." in method:
            done = self._in_room(method, channel, arguments)
            if done is not None:
                return done
        return self._written(method, channel, arguments)

    def _written(self, method: str, channel: str, arguments: dict[str, Any]) -> dict[str, Any]:
        posted = self.messages.setdefault(channel, {})
        match method:
            case "chat.postMessage":
                self._number += 1
                ts = f"{self._began_s + asyncio.get_running_loop().time():.0f}.{self._number:06}"
                posted[ts] = {**arguments, "ts": ts}
                return {"ok": True, "channel": channel, "ts": ts}
            case "chat.update":
                posted[str(arguments["ts"])] |= arguments
                return {"ok": True, "channel": channel, "ts": arguments["ts"]}
            case "chat.postEphemeral":
                self.whispers.append((str(arguments["user"]), str(arguments["text"])))
                return {"ok": True}
            case "users.lookupByEmail":
                raise Forbidden("users_not_found")
            case "conversations.history" | "conversations.replies":
                return {"ok": True, "messages": list(reversed(posted.values()))}
            case _:
                return {"ok": True, "permalink": "https://slack.example/1"}

    def _in_room(self, method: str, channel: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
        """What is done to channels; None for the rest."""
        room = self.rooms.get(channel)
        match method:
            case "conversations.create":
                return self._created(str(arguments["name"]))
            case "users.conversations":
                listed = [
                    {"id": one.id, "name": one.name, "creator": ME, "created": self._began_s + one.created_s}
                    for one in self.rooms.values()
                ]
                return {"ok": True, "channels": listed}
            case "conversations.info":
                return {"ok": True, "channel": {"id": channel, "is_archived": False}}
            case "conversations.setTopic" if room:
                room.topic = str(arguments["topic"])
            case "conversations.invite" if room:
                room.members |= set(str(arguments["users"]).split(","))
            case "pins.add" if room:
                if str(arguments["timestamp"]) in room.pinned:
                    raise Forbidden("already_pinned")
                room.pinned.add(str(arguments["timestamp"]))
            case "pins.add":
                pass
            case _:
                return None
        return {"ok": True}

    def _created(self, name: str) -> dict[str, Any]:
        if any(one.name == name for one in self.rooms.values()):
            raise Forbidden("name_taken")
        room = Room(f"C0ROOM{len(self.rooms) + 1}", name, asyncio.get_running_loop().time())
        self.rooms[room.id] = room
        return {"ok": True, "channel": {"id": room.id, "name": name}}

    def _answer(self, method: str, data: dict[str, Any], status: int = 200) -> AsyncSlackResponse:
        return AsyncSlackResponse(
            client=None,
            http_verb="POST",
            api_url=method,
            req_args={},
            data=data,
            headers={},
            status_code=status,
        )

    def keyed(self, begins: str) -> list[tuple[str, str, dict[str, Any]]]:
        """Messages as they stand by how their key begins: key, channel, message; oldest first."""
        found = [
            (key_of(one), channel, one)
            for channel, posted in self.messages.items()
            for one in posted.values()
            if key_of(one).startswith(begins)
        ]
        return sorted(found, key=lambda one: str(one[2]["ts"]))

    def shown(self, id: str) -> list[str]:
        """The messages of an operation as they stand, each as its text."""
        return [one["text"] for key, _, one in self.keyed(f"op:{id}") if key == f"op:{id}"]


def key_of(message: dict[str, Any]) -> str:
    """The key that Muster gave a message."""
    return str(message.get("metadata", {}).get("event_payload", {}).get("key", ""))
