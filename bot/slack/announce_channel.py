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
_KEPT_FOR = timedelta(days=90)
_ID = re.compile(r"[CG][A-Z0-9]{2,}")
"""Slack's channel ids are in capitals, names of channels never are."""


class AnnounceChannel:
    """`name` is a channel's name without `#`, or its id.

    A name is looked for among the channels that Muster is in, which are few, then among all; the id that
    it had is kept between starts, and asked for by that alone.
    """

    def __init__(self, chat: Chat, kept: Kept, name: str) -> None:
        self._chat, self._kept, self._name = chat, kept, name.lstrip("#")
        self._id = ""

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
        for method in ("users.conversations", "conversations.list"):
            async for channel in channels(self._chat, method):
                if channel["name"] == self._name:
                    await self._kept.keep(key, str(channel["id"]), _KEPT_FOR)
                    return str(channel["id"])
        raise SlackRefused(
            "conversations.list", f"there is no channel #{self._name} (MUSTER_INCIDENTS_CHANNEL)"
        )

    async def _is_still(self, id: str) -> bool:
        try:
            channel = cast(
                dict[str, Any], (await self._chat.call("conversations.info", channel=id))["channel"]
            )
        except SlackRefused:
            return False
        return channel.get("name") == self._name and not channel.get("is_archived")


async def channels(chat: Chat, method: str) -> AsyncIterator[dict[str, Any]]:
    """Channels page by page, archived ones left out. Raises SlackRefused or SlackUnreachable.

    method: `users.conversations` for those that Muster is in, `conversations.list` for all public ones.
    """
    cursor = ""
    for _ in range(_MOST_PAGES):
        more = {"cursor": cursor} if cursor else {}
        answer = await chat.call(method, limit=PAGE, exclude_archived=True, **more)
        for channel in cast(list[dict[str, Any]], answer["channels"]):
            yield channel
        cursor = str(answer.get("response_metadata", {}).get("next_cursor", ""))
        if not cursor:
            return
