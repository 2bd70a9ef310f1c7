"""What people wrote, as Slack shows it."""

import re

from bot.views.message import safe

_MENTION = re.compile(r"&lt;@([UW][A-Z0-9]{2,20})&gt;")


FITS = 2900
"""Characters that go into one section (3,000 at Slack), with some room for its label."""


def people_text(text: str, longest: int = FITS) -> str:
    """What people wrote, inert, except that a person they mentioned stays a mention."""
    return _MENTION.sub(r"<@\1>", safe(text, longest))
