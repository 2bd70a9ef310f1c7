"""The channel where incidents are announced: by its id, or by its name, which is looked for once."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, cast

from bot.slack.messages import Chat, SlackRefused
from model.ports.journal import Kept

PAGE = 999
"""Channels a call; Slack takes a limit under 1,000, and about 20 calls a minute (tier 2)."""

_MOST_PAGES = 200
_FEW_PAGES = 2
"""A list of so many pages may be read again where the channel was not in it."""

_KEPT_FOR = timedelta(days=90)
_ID = re.compile(r"[CG][A-Z0-9]{2,}")
"""Slack's channel ids are in capitals, names of channels never are."""


class AnnounceChannel:
    """`name` is a channel's name without `#`, or its id. private: it may be a private one.

    A name is looked for among the channels that Muster is in, which are few, then among all public ones;
    the id that it had is kept between starts, and asked for by that alone. What is not found is not looked
    for again in a long list: Muster is to be invited then.
    """

    def __init__(self, chat: Chat, kept: Kept, name: str, *, private: bool = False) -> None:
        self._chat, self._kept, self._name = chat, kept, name.lstrip("#")
        self._types = "public_channel,private_channel" if private else "public_channel"
        self._id = ""
        self._pages_in_vain = 0

    async def id(self) -> str:
        """The channel's id. Raises SlackRefused when there is no such channel, SlackUnreachable
        or JournalUnavailable."""
        if not self._id:
            self._id = await self._find()
        return self._id

    async def _find(self) -> str:
        if _ID.fullmatch(self._name):
            return self._name
        key = f"channel:{self._name}"
        known = await self._kept.find(key)
        if known and await self._is_still(known):
            return known
        found = await self._among("users.conversations", self._types)
        if not found and self._pages_in_vain <= _FEW_PAGES:
            found = await self._among("conversations.list", "public_channel")
        if not found:
            hint = "" if "private" in self._types else "; is it private, set MUSTER_PRIVATE_CHANNELS=true"
            raise SlackRefused(
                "conversations.list",
                f"no channel #{self._name} (MUSTER_INCIDENTS_CHANNEL, MUSTER_OPERATORS_CHANNEL) is seen: "
                f"make it and invite Muster{hint}",
            )
        await self._kept.keep(key, found, _KEPT_FOR)
        return found

    async def _among(self, method: str, types: str) -> str:
        """The id of the channel of that name; empty where there is none."""
        seen = 0
        async for channel in channels(self._chat, method, types):
            seen += 1
            if channel["name"] == self._name:
                return str(channel["id"])
        if method == "conversations.list":
            self._pages_in_vain = -(-seen // PAGE)
        return ""

    async def _is_still(self, id: str) -> bool:
        try:
            channel = cast(
                dict[str, Any], (await self._chat.call("conversations.info", channel=id))["channel"]
            )
        except SlackRefused:
            return False
        return channel.get("name") == self._name and not channel.get("is_archived")


async def channels(chat: Chat, method: str, types: str = "public_channel") -> AsyncIterator[dict[str, Any]]:
    """Channels page by page, archived ones left out. Raises SlackRefused or SlackUnreachable.

    method: `users.conversations` for those that Muster is in, `conversations.list` for all public ones.
    types: Slack's words for the kinds of channel.
    """
    cursor = ""
    for _ in range(_MOST_PAGES):
        more = {"cursor": cursor} if cursor else {}
        answer = await chat.call(method, limit=PAGE, exclude_archived=True, types=types, **more)
        for channel in cast(list[dict[str, Any]], answer["channels"]):
            yield channel
        cursor = str(answer.get("response_metadata", {}).get("next_cursor", ""))
        if not cursor:
            return
