"""Requests of workspaces that are not served end here, before anything of them is read; they are told why."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.response import BoltResponse

from bot.patience import Patience
from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from bot.slack.workspaces import Workspaces, part
from bot.views.home import closed_home
from bot.views.message import Message
from bot.views.other_workspace import not_served, told_in_place

_LOG = structlog.get_logger()
Body = dict[str, Any]


class OtherWorkspaces:
    """Bolt's middleware. What is told is shown to the asker alone, and kept nowhere."""

    def __init__(self, workspaces: Workspaces, chat: Chat, patience: Patience) -> None:
        self._workspaces, self._chat, self._patience = workspaces, chat, patience

    async def refuse(self, body: Body, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        """Hand on what comes from a workspace that is served, and refuse all else."""
        team = self._workspaces.origin(body)
        if self._workspaces.serves(team):
            return await next()
        _LOG.warning("request of another workspace refused", team=team)
        why = not_served(
            team,
            self._workspaces.teams,
            is_of_organization=self._workspaces.is_of_organization(body),
        )
        if "command" in body:
            return _answer({"response_type": "ephemeral", "text": why})
        if body.get("type") == "view_submission":
            return _answer({"response_action": "update", "view": told_in_place(why)})
        try:
            async with asyncio.timeout(self._patience.dialog_s):
                await self._tell(body, why)
        except (SlackRefused, SlackUnreachable, TimeoutError) as error:
            _LOG.warning("another workspace's asker not told", error=str(error) or type(error).__name__)
        return BoltResponse(status=200, body="")

    async def _tell(self, body: Body, why: str) -> None:
        event = part(body, "event")
        if event.get("type") == "app_home_opened":
            await self._chat.call("views.publish", user_id=event["user"], view=closed_home(why))
            return
        user = event.get("user") or part(body, "user").get("id")
        if not user or event.get("bot_id"):
            return
        channel = event.get("channel") or part(body, "channel").get("id") or user
        await self._chat.post_ephemeral(channel, user, Message(text=why), str(event.get("thread_ts") or ""))


def _answer(body: Body) -> BoltResponse:
    return BoltResponse(status=200, body=body)
