"""Channels of incidents: made once, named, filled and pinned."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from bot.slack.announce_channel import channels
from bot.slack.messages import Chat, SlackRefused
from bot.slack.refusals import mend
from bot.views.message import safe
from model.incidents.channel import channel_name
from model.incidents.state import Incident
from model.ports.journal import Posted, Posts

_TOPIC = 250
"""Slack's limit of a topic, in characters."""

_ALREADY = frozenset({"already_in_channel", "cant_invite_self", "already_pinned"})
_ATTEMPTS = 5
_AT_ONCE = 100
"""People that `conversations.invite` takes in one call (its docs)."""


class ChannelNameTaken(Exception):
    """No name was free for the channel."""


@dataclass(frozen=True)
class Channel:
    """A channel: Slack's id and its name without `#`."""

    id: str
    name: str


class Channels:
    """Every method may raise SlackRefused or SlackUnreachable, and is safe to call again."""

    def __init__(self, chat: Chat, posts: Posts, bot_user: str) -> None:
        self._chat, self._posts, self._bot_user = chat, posts, bot_user

    async def create(self, incident: Incident) -> Channel:
        """The incident's channel; one that a crash left behind is found again. Raises ChannelNameTaken."""
        for attempt in range(_ATTEMPTS):
            name = channel_name(incident.id, incident.service, incident.title, attempt)
            try:
                answer = await self._chat.call("conversations.create", name=name)
            except SlackRefused as refused:
                if refused.error != "name_taken":
                    raise
                found = await self._own(name, incident)
                if found is not None:
                    return found
                continue
            return Channel(str(answer["channel"]["id"]), str(answer["channel"]["name"]))
        raise ChannelNameTaken(
            f"five names like {channel_name(incident.id, incident.service, incident.title)} are taken"
        )

    async def _own(self, name: str, incident: Incident) -> Channel | None:
        """A channel of that name that this Muster made after the incident began; it is still in it."""
        async for channel in channels(self._chat, "users.conversations"):
            made_by_us = channel.get("creator") == self._bot_user
            is_later = float(channel.get("created", 0)) >= incident.declared_at.timestamp() - 1
            if channel.get("name") == name and made_by_us and is_later:
                return Channel(str(channel["id"]), name)
        return None

    async def is_gone(self, channel: str) -> bool:
        """Whether nobody can write there any more: archived, or deleted."""
        try:
            answer = await self._chat.call("conversations.info", channel=channel)
        except SlackRefused as refused:
            if refused.error != "channel_not_found":
                raise
            return True
        return bool(answer["channel"].get("is_archived"))

    async def set_topic(self, incident: Incident) -> None:
        """Severity and title, for the channel's header; Slack posts a line for each change of it."""
        if not incident.channel:
            return
        state = incident.severity if incident.is_open else incident.status
        topic = f"{incident.id} · {state} · {safe(incident.title, 150)}"[:_TOPIC]
        await self._chat.call("conversations.setTopic", channel=incident.channel, topic=topic)

    async def invite(self, incident: Incident, users: Sequence[str]) -> None:
        """Invite all at once, as many as Slack takes; one who cannot be invited keeps nobody out."""
        if not incident.channel:
            return
        refused: list[dict[str, Any]] = []
        for start in range(0, len(users), _AT_ONCE):
            refused += await self._invited(incident.channel, users[start : start + _AT_ONCE])
        if refused:
            raise SlackRefused("conversations.invite", _not_invited(refused), refused)

    async def _invited(self, channel: str, users: Sequence[str]) -> list[dict[str, Any]]:
        """Who was not, and why, in Slack's words. With `force` it invites the others, and names these."""
        asked = {"channel": channel, "users": ",".join(users), "force": True}
        try:
            answer = await self._chat.call("conversations.invite", **asked)
        except SlackRefused as refused:
            if not refused.errors and refused.error not in _ALREADY:
                raise
            answer: dict[str, Any] = {"errors": refused.errors}
        errors = cast("list[dict[str, Any]]", answer.get("errors") or [])
        return [one for one in errors if one.get("error") not in _ALREADY]

    async def pin(self, key: str, channel: str) -> None:
        """Pin the message of that key, once it is posted."""
        posted = await self._posts.find(key)
        if not isinstance(posted, Posted) or posted.channel != channel:
            return
        try:
            await self._chat.call("pins.add", channel=posted.channel, timestamp=posted.ts)
        except SlackRefused as error:
            if error.error not in _ALREADY:
                raise


def _not_invited(errors: Sequence[dict[str, Any]]) -> str:
    """Who was not, each reason once, in words."""
    by_code: dict[str, list[str]] = {}
    for one in errors:
        by_code.setdefault(str(one.get("error")), []).append(f"<@{one.get('user')}>")
    said = (f"{', '.join(users)} ({mend(code, 'conversations.invite')})" for code, users in by_code.items())
    return f"not invited: {'; '.join(said)}"
