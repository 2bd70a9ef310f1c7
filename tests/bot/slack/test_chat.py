"""Messages are posted once, edited in place, at Slack's pace, and found again after a crash."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import utc_now
from bot.slack.messages import Chat, SlackRefused
from bot.views.message import Message
from journal.memory import MemoryPosts
from playground.faults import FaultBoard
from playground.slack import Channel, Running, User, WorkspaceConfig, serve

SCOPES = ["chat:write", "chat:write.public", "channels:read", "channels:history"]
MANIFEST = {"display_information": {"name": "Muster"}, "oauth_config": {"scopes": {"bot": SCOPES}}}


@pytest.fixture
async def slack() -> AsyncIterator[Running]:
    config = WorkspaceConfig(
        users=(User("U0ANA", "ana"),),
        channels=(Channel("C0OPS", "ops", ("U0ANA", "UBOT")), Channel("C0TWO", "two", ("U0ANA", "UBOT"))),
        manifest=MANIFEST,
        faults=FaultBoard(),
    )
    async with serve(config) as running:
        yield running


def chat(slack: Running, posts: MemoryPosts | None = None, every_s: float = 0.0) -> Chat:
    client = AsyncWebClient("xoxb-local-muster", base_url=slack.api_url)
    return Chat(client, posts or MemoryPosts(), utc_now, every_s)


def texts(slack: Running, channel: str = "C0OPS") -> list[str]:
    return [message["text"] for message in slack.workspace.messages(channel)]


def writes(slack: Running) -> list[str]:
    return [call.method for call in slack.workspace.calls if call.method.startswith("chat.")]


async def test_the_same_key_is_posted_once_and_edited_after(slack: Running):
    speaking = chat(slack)
    first = await speaking.put("op:1", "C0OPS", Message("one"))
    second = await speaking.put("op:1", "C0OPS", Message("two"))
    assert first == second
    assert texts(slack) == ["two"]


async def test_what_is_shown_already_is_not_written_again(slack: Running):
    speaking = chat(slack)
    for _ in range(3):
        await speaking.put("op:1", "C0OPS", Message("one"))
    assert writes(slack) == ["chat.postMessage"]


async def test_of_edits_that_wait_only_the_newest_is_written(slack: Running):
    speaking = chat(slack, every_s=0.05)
    await asyncio.gather(*(speaking.put("op:1", "C0OPS", Message(f"edit {n}")) for n in range(50)))
    assert texts(slack) == ["edit 49"]
    assert len(writes(slack)) <= 3


async def test_posts_of_different_keys_are_all_written_in_order(slack: Running):
    speaking = chat(slack)
    await asyncio.gather(*(speaking.put(f"post:{n}", "C0OPS", Message(f"post {n}")) for n in range(5)))
    assert texts(slack) == [f"post {n}" for n in range(5)]


async def test_a_rate_limit_is_waited_out(slack: Running):
    slack.workspace.config.faults.switch("slack-429", True)
    speaking = chat(slack)
    await speaking.put("op:1", "C0OPS", Message("one"))
    await speaking.put("op:2", "C0OPS", Message("two"))
    assert texts(slack) == ["one", "two"]


async def test_a_failing_slack_is_tried_again(slack: Running):
    slack.workspace.config.faults.switch("slack-5xx", True)
    speaking = chat(slack)
    await speaking.put("op:1", "C0OPS", Message("one"))
    await speaking.put("op:2", "C0OPS", Message("two"))
    assert texts(slack) == ["one", "two"]


async def test_a_channel_that_refuses_does_not_hold_up_another(slack: Running):
    speaking = chat(slack)
    wrong, _ = await asyncio.gather(
        speaking.put("a", "C0NONE", Message("lost")),
        speaking.put("b", "C0TWO", Message("shown")),
        return_exceptions=True,
    )
    assert isinstance(wrong, SlackRefused)
    assert wrong.error == "channel_not_found"
    assert texts(slack, "C0TWO") == ["shown"]


async def test_a_message_posted_before_a_crash_is_found_and_not_posted_twice(slack: Running):
    before, after = MemoryPosts(), MemoryPosts()
    await chat(slack, before).put("op:1", "C0OPS", Message("one"))
    await after.intend("op:1", "C0OPS", utc_now())  # the crash came before it was remembered
    await chat(slack, after).put("op:1", "C0OPS", Message("two"))
    assert texts(slack) == ["two"]


async def test_after_a_refusal_the_next_try_posts(slack: Running):
    posts = MemoryPosts()
    speaking = chat(slack, posts)
    with pytest.raises(SlackRefused):
        await speaking.put("op:1", "C0NONE", Message("one"))
    assert await posts.find("op:1") is None


async def test_where_it_may_not_post_a_whisper_goes_to_the_person_directly(slack: Running):
    await chat(slack).post_ephemeral("C0SECRET", "U0ANA", Message("for you"))
    direct = [room for room in slack.workspace.rooms if room.startswith("D")]
    assert texts(slack, direct[0]) == ["for you"]
