"""From how schedules write people to who they are in Slack: an id, an e-mail address or a handle.

`users.lookupByEmail` (scope users:read.email) and `users.list` (users:read), which alone knows handles:
docs.slack.dev/reference/methods. Answers are kept for an hour, so that a large workspace is read seldom.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import structlog

from bot.slack.messages import Chat, SlackRefused, SlackUnreachable

_LOG = structlog.get_logger()
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
KEPT_FOR = timedelta(hours=1)
_MISSED_FOR = timedelta(minutes=1)
_PAGE, _MOST_PAGES = 200, 100


class SlackUsers:
    """Never raises: whom Slack does not know, or does not tell now, has no id."""

    def __init__(self, chat: Chat, clock: Callable[[], datetime]) -> None:
        self._chat, self._clock = chat, clock
        self._by_email: dict[str, tuple[datetime, str]] = {}
        self._by_handle: dict[str, str] = {}
        self._listed_at: datetime | None = None

    async def find(self, who: str) -> str:
        """The user id of a person as a schedule writes them; empty where there is none."""
        if _USER.fullmatch(who):
            return who
        try:
            if who.startswith("@"):
                return await self._handle(who.removeprefix("@").casefold())
            return await self._email(who.casefold()) if "@" in who else ""
        except (SlackRefused, SlackUnreachable) as error:
            _LOG.warning("person on call not found in Slack", error=str(error))
            return ""

    async def _email(self, email: str) -> str:
        until, user = self._by_email.get(email, (None, ""))
        if until is not None and self._clock() < until:
            return user
        try:
            answer = await self._chat.call("users.lookupByEmail", email=email)
            user = str(answer["user"]["id"])
        except SlackRefused as refused:
            if refused.error != "users_not_found":
                raise
            user = ""
        self._by_email[email] = (self._clock() + (KEPT_FOR if user else _MISSED_FOR), user)
        return user

    async def _handle(self, handle: str) -> str:
        life = KEPT_FOR if handle in self._by_handle else _MISSED_FOR
        if self._listed_at is None or self._clock() - self._listed_at > life:
            self._by_handle = await self._list()
            self._listed_at = self._clock()
        return self._by_handle.get(handle, "")

    async def _list(self) -> dict[str, str]:
        found: dict[str, str] = {}
        cursor = ""
        for _ in range(_MOST_PAGES):
            asked: dict[str, Any] = {"limit": _PAGE, **({"cursor": cursor} if cursor else {})}
            answer = await self._chat.call("users.list", **asked)
            for one in cast(list[dict[str, Any]], answer.get("members") or []):
                if not one.get("deleted") and not one.get("is_bot"):
                    found[str(one.get("name", "")).casefold()] = str(one["id"])
            more = cast(dict[str, Any], answer.get("response_metadata") or {})
            cursor = str(more.get("next_cursor") or "")
            if not cursor:
                break
        return found
