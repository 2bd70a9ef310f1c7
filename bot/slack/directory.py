"""Who people are and which groups they are in, read from Slack and kept for a bounded time."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast

import structlog

from bot.slack.chat import Chat, SlackRefused, SlackUnreachable
from model.people import Person

_LOG = structlog.get_logger()
LONGEST_WAIT_S = 1.5
"""Seconds that a request waits for groups; Slack waits 3 for its answer."""


RESTS = timedelta(seconds=5)
"""After a reading that failed or took too long, so long nobody waits for another one."""


@dataclass(frozen=True)
class Standing:
    """A person as policies see them. `known` tells how old the group membership is."""

    groups: frozenset[str]
    known: Literal["fresh", "stale", "unknown"]
    is_member: bool


class Directory:
    """Members and user groups of one workspace.

    `fallback`: group handle → user ids, used for handles that Slack has no user group for.
    """

    def __init__(
        self,
        chat: Chat,
        team: str,
        clock: Callable[[], datetime],
        max_age: timedelta,
        fallback: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self._chat, self._team, self._clock, self._max_age = chat, team, clock, max_age
        self._fallback = fallback or {}
        self._groups: dict[str, frozenset[str]] = {}
        self._group_ids: dict[str, str] = {}
        self._members: dict[str, bool] = {}
        self._names: dict[str, str] = {}
        self._read_at: datetime | None = None
        self._reading: asyncio.Task[None] | None = None
        self._failed_at: datetime | None = None

    async def standing(self, person: Person) -> Standing:
        """The person's groups, from Slack within `max_age`, else the last that was known."""
        await self._refresh_when_old()
        fresh = self._read_at is not None and self._clock() - self._read_at <= self._max_age
        known = "fresh" if fresh else "stale" if self._read_at else "unknown"
        groups = frozenset(handle for handle, users in self._groups.items() if person.user in users)
        is_member = person.team == self._team and self._members.get(person.user, False)
        return Standing(groups, known, is_member)

    def members(self, handle: str) -> frozenset[str]:
        """User ids of a group, as last read."""
        return self._groups.get(handle, frozenset())

    def mention(self, handle: str) -> str:
        """Slack's markup for a group, or its bare handle when Slack has no such group."""
        group = self._group_ids.get(handle)
        return f"<!subteam^{group}>" if group else f"@{handle}"

    def name(self, user: str) -> str:
        """What people call someone, for texts that leave Slack; the bare id of someone not known."""
        return self._names.get(user, "Muster" if user == "MUSTER" else user)

    async def refresh(self) -> None:
        """Read members and groups now. Raises SlackRefused or SlackUnreachable; the old ones stay."""
        users = await self._pages("users.list", "members")
        listed = await self._chat.call("usergroups.list", include_users=True)
        groups = cast(list[dict[str, Any]], listed["usergroups"])
        from_slack = {str(group["handle"]): frozenset[str](group.get("users", [])) for group in groups}
        self._members = {str(user["id"]): _is_full_member(user, self._team) for user in users}
        self._names = {str(user["id"]): _name(user) for user in users}
        self._groups = {**self._fallback, **from_slack}
        self._group_ids = {str(group["handle"]): str(group["id"]) for group in groups}
        self._read_at, self._failed_at = self._clock(), None

    async def _pages(self, method: str, key: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        for _ in range(500):
            answer = await self._chat.call(method, limit=200, **({"cursor": cursor} if cursor else {}))
            found += cast(list[dict[str, Any]], answer[key])
            cursor = str(answer.get("response_metadata", {}).get("next_cursor", ""))
            if not cursor:
                break
        return found

    def refresh_soon(self) -> asyncio.Task[None]:
        """Read members and groups in the background, once at a time; a large workspace takes a while."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._try_refresh())
        return self._reading

    async def close(self) -> None:
        """Stop reading."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _refresh_when_old(self) -> None:
        """A third of the bound is the time to read again, so that a fresh answer is the rule.

        Only when there is nothing fresh to answer from does anyone wait, and not for long.
        """
        age = self._clock() - self._read_at if self._read_at else None
        if age is not None and age < self._max_age / 3:
            return
        if self._failed_at is not None and self._clock() - self._failed_at < RESTS:
            return
        reading = self.refresh_soon()
        if age is None or age > self._max_age:
            await asyncio.wait({reading}, timeout=LONGEST_WAIT_S)
            if not reading.done():
                self._failed_at = self._clock()

    async def _try_refresh(self) -> None:
        try:
            await self.refresh()
        except (SlackRefused, SlackUnreachable) as error:
            self._failed_at = self._clock()
            _LOG.warning("groups not read", error=str(error))


def _name(user: dict[str, Any]) -> str:
    """The full name, else the display name, else the handle (Slack's `users.list`)."""
    profile = cast(dict[str, Any], user.get("profile") or {})
    named = (profile.get("real_name"), user.get("real_name"), profile.get("display_name"), user.get("name"))
    return next((str(one) for one in named if one), str(user["id"]))


def _is_full_member(user: dict[str, Any], team: str) -> bool:
    """Not a bot, guest, deactivated person or stranger from a shared channel."""
    shut = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger")
    at_home = user.get("team_id", team) == team and user.get("id") != "USLACKBOT"
    return at_home and not any(user.get(flag) for flag in shut)
