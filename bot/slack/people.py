"""Who people are: whoever asks is asked for alone (`users.info`), and remembered for a bounded time."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from pydantic import AwareDatetime, ValidationError

from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from bot.slack.workspaces import Workspaces
from model.ports.journal import JournalUnavailable, Kept
from model.value import Value

_LOG = structlog.get_logger()

REMEMBERED = 20_000
"""People whose answer is kept in this process; those who were asked for longest ago go first."""

AT_ONCE = 20
"""Questions on their way to Slack at a time; it takes about a hundred a minute (tier 4)."""

_NOBODY = frozenset({"user_not_found", "user_not_visible", "user_is_bot"})


class Known(Value):
    """What Slack said of someone, and when: their name, and whether they are a full member.

    is_stranger: they are in no workspace that is served.
    """

    name: str
    is_member: bool
    is_stranger: bool = False
    at: AwareDatetime


class People:
    """The people of the workspaces who had to do with Muster; 20,000 others are never asked for.

    life: how long an answer may serve at all, when Slack gives no newer one.
    """

    def __init__(
        self, chat: Chat, workspaces: Workspaces, kept: Kept, clock: Callable[[], datetime], life: timedelta
    ) -> None:
        self._chat, self._kept, self._clock, self._life = chat, kept, clock, life
        self._workspaces, self._team = workspaces, workspaces.home
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    def known(self, user: str) -> Known | None:
        """The last answer that may still serve, or None."""
        found = self._known.get(user)
        return found if found is not None and self._clock() - found.at <= self._life else None

    def name(self, user: str) -> str:
        """The name as last heard, however long ago; empty for someone never asked for."""
        found = self._known.get(user)
        return found.name if found else ""

    def ask(self, user: str) -> asyncio.Task[None]:
        """Ask Slack for someone, once at a time; never raises."""
        task = self._asking.get(user)
        if task is None:
            task = self._asking[user] = asyncio.create_task(self._ask(user))
            task.add_done_callback(lambda _: self._asking.pop(user, None))
        return task

    async def recall(self, user: str) -> None:
        """Take up what was kept before this start, unless more is known. Raises JournalUnavailable."""
        text = await self._kept.find(_key(self._team, user))
        if text is None or user in self._known:
            return
        try:
            self._remember(user, Known.model_validate_json(text))
        except ValidationError:
            _LOG.warning("kept person not understood", user=user)

    async def close(self) -> None:
        """Ask no more."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, user: str) -> None:
        try:
            async with self._slots:
                found = await self._read(user)
            self._remember(user, found)
            await self._kept.keep(_key(self._team, user), found.model_dump_json(), self._life)
        except (SlackRefused, SlackUnreachable, JournalUnavailable) as error:
            _LOG.warning("person not read", user=user, error=str(error))

    async def _read(self, user: str) -> Known:
        try:
            answer = await self._chat.call("users.info", user=user)
        except SlackRefused as refused:
            if refused.error not in _NOBODY:
                raise
            return Known(name=user, is_member=False, at=self._clock())
        card = cast(dict[str, Any], answer["user"])
        is_ours = self._workspaces.has(card)
        is_member = is_ours and not _is_restricted(card)
        return Known(name=_name(card), is_member=is_member, is_stranger=not is_ours, at=self._clock())

    def _remember(self, user: str, found: Known) -> None:
        self._known[user] = found
        self._known.move_to_end(user)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _key(team: str, user: str) -> str:
    return f"person:{team}:{user}"


def _name(card: dict[str, Any]) -> str:
    """The full name, else the display name, else the handle (Slack's `users.info`)."""
    profile = cast(dict[str, Any], card.get("profile") or {})
    named = (profile.get("real_name"), card.get("real_name"), profile.get("display_name"), card.get("name"))
    return next((str(one) for one in named if one), str(card["id"]))


def _is_restricted(card: dict[str, Any]) -> bool:
    """A bot, a guest or a deactivated person."""
    shut = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted")
    return card.get("id") == "USLACKBOT" or any(card.get(flag) for flag in shut)
