"""Shortcuts on a message: an incident is declared from it, or it goes into a timeline."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

import structlog

from bot.gate.gate import Answer, Gate
from bot.gate.request import IncomingRequest
from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from model.incidents.said_in_slack import SlackMessage, read
from model.people import Person

_LOG = structlog.get_logger()
NOTE, DECLARE = "message.note", "message.declare"
LINK_S = 1.0
"""Seconds that a link may take: the form has to open within three."""


class MessageShortcuts:
    """Both are judged as the commands that they stand for."""

    def __init__(self, gate: Gate, chat: Chat, clock: Callable[[], datetime]) -> None:
        self._gate, self._chat, self._clock = gate, chat, clock

    async def of(self, body: dict[str, Any]) -> SlackMessage:
        """The message that it was used on. Without a link where Slack gives none in time."""
        message = cast(dict[str, Any], body.get("message") or {})
        channel, ts = _channel(body), str(body.get("message_ts") or "")
        try:
            async with asyncio.timeout(LINK_S):
                got = await self._chat.call("chat.getPermalink", channel=channel, message_ts=ts)
            link = str(got.get("permalink") or "")
        except (SlackRefused, SlackUnreachable, TimeoutError) as error:
            _LOG.info("no link to a message", error=str(error))
            link = ""
        return read(message, link)

    async def note(self, body: dict[str, Any], person: Person) -> tuple[IncomingRequest, Answer]:
        """Into the timeline of the channel's incident, or of the only one; of several one is chosen."""
        channel = _channel(body) or person.user
        said = await self.of(body)
        claim = f"shortcut:{body['trigger_id']}"
        incoming = IncomingRequest(person, channel, said.line(self._clock()), "shortcut", claim)
        return incoming, await self._gate.handle(incoming)

    async def declare(
        self, body: dict[str, Any], person: Person
    ) -> tuple[IncomingRequest, Answer, SlackMessage]:
        """The form of a declaration, and what it is filled in with."""
        channel = _channel(body) or person.user
        claim = f"shortcut:{body['trigger_id']}"
        incoming = IncomingRequest(person, channel, "incident declare", "shortcut", claim)
        said, answer = await asyncio.gather(self.of(body), self._gate.handle(incoming))
        return incoming, answer, said


def _channel(body: dict[str, Any]) -> str:
    return str(cast(dict[str, Any], body.get("channel") or {}).get("id") or "")
