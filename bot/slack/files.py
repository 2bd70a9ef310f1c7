"""Files to Slack: kept for an image block, or shared in a thread."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import httpx
import structlog

from bot.slack.messages import Chat, SlackRefused, SlackUnreachable

_LOG = structlog.get_logger()

ALT_TEXT = 1_000
"""Characters that Slack takes as a picture's description."""

TRIES = 6
"""How often the bytes are sent before Slack counts as unreachable."""

LOOKS, LOOK_S, LONGEST_S = 20, 0.1, 2.0
"""How often, and after how many seconds, an upload is looked at until Slack has processed it: about 30 s."""

UPLOAD_S = 30.0
"""Seconds that one sending of the bytes may take."""


class Files:
    """Uploads in the three steps Slack wants: an address, the bytes, and the completion.

    https://docs.slack.dev/messaging/working-with-files
    """

    def __init__(
        self,
        chat: Chat,
        http: httpx.AsyncClient,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._chat, self._http, self._sleep = chat, http, sleep

    async def keep(self, name: str, content: bytes, alt: str = "", title: str = "") -> str:
        """Upload without sharing, and wait until Slack can show it; gives the id for an image block.

        Raises SlackRefused, SlackUnreachable (also when Slack does not process it in time), ValueError for
        no content.
        """
        id = await self._upload(name, content, alt)
        await self._complete(id, title or name)
        await self._processed(id)
        return id

    async def share(
        self, channel: str, thread_ts: str, name: str, content: bytes, title: str, comment: str = ""
    ) -> None:
        """Upload into a thread.

        Raises SlackRefused, SlackUnreachable, ValueError for no content.
        """
        id = await self._upload(name, content)
        where = {"channel_id": channel, "thread_ts": thread_ts, "initial_comment": comment}
        given = {argument: value for argument, value in where.items() if value}
        await self._complete(id, title, **given)

    async def _upload(self, name: str, content: bytes, alt: str = "") -> str:
        """The first two steps; gives the file's id."""
        if not content:
            raise ValueError(f"{name} is empty, and Slack takes no empty files")
        more = {"alt_txt": alt[:ALT_TEXT]} if alt else {}
        asked = await self._chat.call(
            "files.getUploadURLExternal", filename=name, length=len(content), **more
        )
        await self._send(str(asked["upload_url"]), content)
        return str(asked["file_id"])

    async def _send(self, url: str, content: bytes) -> None:
        """Post the bytes; the address is the permission, so no token goes with them."""
        wait_s = 0.5
        for left in reversed(range(TRIES)):
            try:
                answer = await self._http.post(url, content=content, timeout=UPLOAD_S)
            except httpx.HTTPError as error:
                _LOG.warning("slack upload failed", error=str(error) or type(error).__name__)
            else:
                if answer.status_code == 200:
                    return
                if 400 <= answer.status_code < 500 and answer.status_code not in (408, 429):
                    raise SlackRefused("the upload", f"http_{answer.status_code}")
                _LOG.warning("slack upload failed", status=answer.status_code)
            if left:
                await self._sleep(wait_s)
                wait_s = min(wait_s * 2, 8)
        raise SlackUnreachable(f"the upload was tried {TRIES} times")

    async def _complete(self, id: str, title: str, **where: str) -> None:
        """The third step. It counts once: after a lost answer Slack finds the file, but no ticket for it."""
        try:
            await self._chat.call("files.completeUploadExternal", files=[{"id": id, "title": title}], **where)
        except SlackRefused as refused:
            if refused.error != "file_not_found" or await self._file(id) is None:
                raise

    async def _processed(self, id: str) -> None:
        """Wait until the type is known: until then Slack answers invalid_blocks to a block with the file.

        https://github.com/slackapi/python-slack-sdk/issues/1521
        """
        wait_s = LOOK_S
        for _ in range(LOOKS):
            file = await self._file(id)
            if file is not None and file.get("mimetype"):
                return
            await self._sleep(wait_s)
            wait_s = min(wait_s * 1.5, LONGEST_S)
        raise SlackUnreachable(f"Slack has not processed the file {id} in time")

    async def _file(self, id: str) -> dict[str, Any] | None:
        """The file as Slack has it; None when it does not, or not yet."""
        try:
            return cast("dict[str, Any]", (await self._chat.call("files.info", file=id))["file"])
        except SlackRefused as refused:
            if refused.error != "file_not_found":
                raise
            return None
