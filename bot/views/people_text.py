"""What people wrote, as Slack shows it."""

import re

from bot.views.message import FITS, safe

_MENTION = re.compile(r"&lt;@([UW][A-Z0-9]{2,20})&gt;")


def people_text(text: str, longest: int = FITS) -> str:
    """What people wrote, inert, except that a person they mentioned stays a mention."""
    return _MENTION.sub(r"<@\1>", safe(text, longest))
