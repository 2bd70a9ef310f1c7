"""Files to Slack: kept for an image block, or shared in a thread."""

import httpx

from bot.slack.chat import Chat


class Files:
    """Uploads in the three steps Slack wants: an address, the bytes, and the completion."""

    def __init__(self, chat: Chat, http: httpx.AsyncClient) -> None:
        self._chat, self._http = chat, http

    async def keep(self, name: str, content: bytes, alt: str = "", title: str = "") -> str:
        """Upload without sharing; gives the id for an image block. Raises SlackRefused, SlackUnreachable."""
        return await self._upload(name, content, title or name)

    async def share(
        self, channel: str, thread_ts: str, name: str, content: bytes, title: str, comment: str = ""
    ) -> None:
        """Upload into a thread. Raises SlackRefused, SlackUnreachable."""
        await self._upload(name, content, title, channel_id=channel, thread_ts=thread_ts)

    async def _upload(self, name: str, content: bytes, title: str, **where: str) -> str:
        asked = await self._chat.call("files.getUploadURLExternal", filename=name, length=len(content))
        await self._http.post(str(asked["upload_url"]), content=content)
        id = str(asked["file_id"])
        await self._chat.call("files.completeUploadExternal", files=[{"id": id, "title": title}], **where)
        return id
