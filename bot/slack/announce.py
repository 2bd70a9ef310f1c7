"""The channel where incidents are announced, found by its name once."""

from typing import Any, cast

from bot.slack.chat import Chat, SlackRefused


class AnnounceChannel:
    """`name` is a channel's name without `#`, or its id."""

    def __init__(self, chat: Chat, name: str) -> None:
        self._chat, self._name = chat, name.lstrip("#")
        self._id = ""

    async def id(self) -> str:
        """The channel's id. Raises SlackRefused when there is no such channel, or SlackUnreachable."""
        if not self._id:
            self._id = await self._find()
        return self._id

    async def _find(self) -> str:
        cursor = ""
        for _ in range(200):
            more = {"cursor": cursor} if cursor else {}
            answer = await self._chat.call("conversations.list", limit=200, exclude_archived=True, **more)
            for channel in cast(list[dict[str, Any]], answer["channels"]):
                if self._name in (channel["name"], channel["id"]):
                    return str(channel["id"])
            cursor = str(answer.get("response_metadata", {}).get("next_cursor", ""))
            if not cursor:
                break
        raise SlackRefused(
            "conversations.list", f"there is no channel #{self._name} (MUSTER_INCIDENTS_CHANNEL)"
        )
