"""What the asker reads when a request was not carried out: the rule, what to type, what they typed."""

import re

from slack_sdk.models.blocks import Block

from bot.ids import ActionId
from bot.views.blocks import HERE, actions, button, context, message, section
from bot.views.message import Message, safe
from bot.views.people_text import people_text
from model.refusal import Refused

_NAMED = re.compile(r"<(@|#|!subteam\^)[A-Z0-9]{1,30}\|([^<>|]{1,80})>")
_SIGNS = {"#": "#"}

_LONGEST_VALUE = 1900
"""Characters of a line that a button carries: Slack takes 2,000 of a value, with the channel."""


def refusal(line: str, refused: Refused) -> Message:
    """Nothing that was typed is lost: it is echoed to be corrected. line: as it is typed here, or nothing."""
    blocks: list[Block] = [section(f"*{_marked(refused.what)}*")]
    if refused.instead:
        blocks.append(section(_marked(refused.instead)))
    if refused.suggestions:
        lines = "\n".join(f"• `{safe(as_typed(one), 300)}`" for one in refused.suggestions[:5])
        blocks.append(section(lines))
    if offers := [one for one in refused.offers if len(one.line) <= _LONGEST_VALUE]:
        pressed = [
            button(one.label, ActionId("line", "ask", str(n)), f"{one.channel or HERE} {one.line}")
            for n, one in enumerate(offers[:3])
        ]
        blocks.append(actions(*pressed))
    if line.strip():
        blocks.append(context(f"You typed: {safe(as_typed(line), 1500)}"))
    return message(_plain(f"{refused.what} {refused.instead}"), blocks)


def as_typed(line: str) -> str:
    """A line as its author saw it: `@ana` for what Slack sent as `<@U0ANA|ana>`.

    https://docs.slack.dev/interactivity/implementing-slash-commands (escaping)
    """
    return _NAMED.sub(lambda found: f"{_SIGNS.get(found[1], '@')}{found[2].lstrip('@#')}", line)


def _marked(text: str) -> str:
    """Foreign text made safe; code marks around names survive, and mentions: only the asker sees them."""
    return people_text(text, 1500)


def _plain(text: str) -> str:
    return people_text(text, 1500).replace("`", "")
