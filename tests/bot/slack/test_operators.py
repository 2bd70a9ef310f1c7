"""What the people who run Muster are told: once a matter, and never at the cost of what went wrong."""

from bot.clock import utc_now
from bot.slack.announce_channel import AnnounceChannel
from bot.slack.operators import Operators
from bot.views.message import Message
from journal.memory import MemoryKept
from tests.bot.slack.test_chat import chat, slack, texts  # noqa: F401  # the fixture


async def test_a_matter_is_one_message_edited_while_it_lasts(slack):  # noqa: F811
    speaking = chat(slack)
    operators = Operators(speaking, AnnounceChannel(speaking, MemoryKept(utc_now), "ops"))
    assert await operators.tell("setback:op:OP-7", Message("OP-7 failed once"))
    assert await operators.tell("setback:op:OP-7", Message("OP-7 failed twice"))
    assert texts(slack) == ["OP-7 failed twice"]


async def test_a_channel_that_is_not_there_stops_nobody(slack):  # noqa: F811
    speaking = chat(slack)
    operators = Operators(speaking, AnnounceChannel(speaking, MemoryKept(utc_now), "nowhere"))
    assert not await operators.tell("setback:op:OP-7", Message("OP-7 failed once"))
