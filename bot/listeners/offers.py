"""Presses on what a refusal offered: the line that stood on the button, maybe asked in another channel."""

from dataclasses import replace

from bot.gate.gate import Answer
from bot.gate.request import IncomingRequest
from bot.views.blocks import HERE
from bot.views.message import Message


def asked_instead(incoming: IncomingRequest, value: str) -> IncomingRequest:
    """The request as if it had been typed where the button says. value: channel, space, line."""
    channel = value.partition(" ")[0]
    return incoming if channel == HERE else replace(incoming, channel=channel, thread_ts="")


def shown_there(answer: Answer, incoming: IncomingRequest, value: str) -> Answer:
    """The answer for who pressed: where it shows, when that is another channel than the button's."""
    there = asked_instead(incoming, value).channel
    if answer.message is not None or there == incoming.channel or not answer.id:
        return answer
    return replace(answer, message=Message(text=f"{answer.id}: taken; it shows in <#{there}>."))
