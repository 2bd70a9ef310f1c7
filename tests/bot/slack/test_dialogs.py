"""A dialog opens once a press, or the person is told what to type instead."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import utc_now
from bot.slack.dialogs import open_dialog
from bot.slack.messages import Chat
from journal.memory import MemoryPosts
from model.refusal import Refused
from playground.slack import Running, User, WorkspaceConfig, serve

VIEW: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Why"},
    "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Because."}}],
}
WITHIN_S = 30.0
INSTEAD = "Type /scale SERVICE 4"


class Late:
    """A clock that can be moved on."""

    def __init__(self) -> None:
        self.by = timedelta()

    def __call__(self):
        return utc_now() + self.by


@pytest.fixture
def late() -> Late:
    return Late()


@pytest.fixture
async def slack(late: Late) -> AsyncIterator[Running]:
    async with serve(WorkspaceConfig(users=(User("U0ANA", "ana"),), now=late)) as running:
        yield running


def chat(url: str) -> Chat:
    return Chat(AsyncWebClient("xoxb-local-muster", base_url=url), MemoryPosts(), utc_now, 0.0)


async def test_three_deliveries_of_one_press_open_one_dialog(slack: Running):
    trigger = slack.workspace.new_trigger("U0ANA")
    for _ in range(3):
        await open_dialog(chat(slack.api_url), trigger, VIEW, INSTEAD, WITHIN_S)
    assert len(slack.workspace.views("U0ANA")) == 1


async def test_a_press_that_was_answered_too_late_is_told_what_to_type(slack: Running, late: Late):
    trigger = slack.workspace.new_trigger("U0ANA")
    late.by = timedelta(seconds=slack.workspace.config.trigger_life_s + 1)
    with pytest.raises(Refused, match="over three seconds") as told:
        await open_dialog(chat(slack.api_url), trigger, VIEW, INSTEAD, WITHIN_S)
    assert told.value.instead == INSTEAD
    assert slack.workspace.views("U0ANA") == []


async def test_what_slack_finds_wrong_is_said(slack: Running):
    with pytest.raises(Refused, match="invalid_trigger_id"):
        await open_dialog(chat(slack.api_url), "never given", VIEW, INSTEAD, WITHIN_S)


async def test_a_slack_that_is_away_is_said():
    with pytest.raises(Refused, match="did not answer in time"):
        await open_dialog(chat("http://127.0.0.1:9/api/"), "any", VIEW, INSTEAD, 0.3)
