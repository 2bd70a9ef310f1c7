"""What people wrote, as Slack shows it."""

import re
from collections.abc import Callable

from bot.views.message import FITS, safe, when
from model.on_call.people import OnCallPerson

_MENTION = re.compile(r"&lt;@([UW][A-Z0-9]{2,20})&gt;")


def people_text(text: str, longest: int = FITS) -> str:
    """What people wrote, inert, except that a person they mentioned stays a mention."""
    return _MENTION.sub(r"<@\1>", safe(text, longest))


Shown = Callable[[OnCallPerson], str]
"""How a person reads: mentioned where only the asker sees it, else by name, as looking wakes nobody."""


def mention_of(person: OnCallPerson) -> str:
    """Slack's mention; as the schedule writes them where Slack has nobody of that name."""
    return f"<@{person.user}>" if person.user else f"{safe(person.named, 120)} (not in Slack)"


def person_line(person: OnCallPerson, shown: Shown) -> str:
    """`@ana until 09:00 · ☎ +81 …`."""
    until = f" until {when(person.end)}" if person.end else ""
    phone = f" · ☎ {safe(person.phone, 40)}" if person.phone else ""
    return f"{shown(person)}{until}{phone}"
