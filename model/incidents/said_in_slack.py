"""A message of Slack's as an incident's timeline keeps it: whose it is, what it says, and where it stands."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from model.language.text import escaped, plain, quoted
from model.value import Value

LONGEST = 900
"""Characters that are kept: the whole of it stands behind the link, and a button's value takes 2,000."""

LINK = re.compile(r"https://[^\s<>|]{1,200}/archives/[A-Z0-9]{2,20}/p\d{10,20}")
"""The permalink of a message (docs.slack.dev/reference/methods/chat.getPermalink)."""


class SlackMessage(Value):
    """text: plain, without Slack's markup. link: empty where Slack gives none. at: when it was sent."""

    user: str = ""
    text: str
    at: datetime
    link: str = ""
    files: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Its first words in one line, for what is declared from it."""
        words = " ".join(self.text.split())
        return words if len(words) <= 120 else f"{words[:119]}…"

    @property
    def note(self) -> str:
        """`"…" — <@U0BEN> (files: a.png) https://…`; the time stands with the entry."""
        said = self.text if len(self.text) <= LONGEST else f"{self.text[: LONGEST - 1]}…"
        whose = f" — <@{self.user}>" if self.user else ""
        names = ", ".join(self.files[:5])
        files = f" (files: {names})" if names else ""
        where = f" {self.link}" if self.link else ""
        return f'"{said}"{whose}{files}{where}'

    def line(self, now: datetime) -> str:
        """The command that writes it into a timeline, at its own time where that is of the last day."""
        of_today = timedelta() <= now - self.at < timedelta(hours=23)
        at = f" at={self.at.astimezone(UTC):%H:%M}" if of_today else ""
        dated = "" if of_today else f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: "
        return f"incident note{at} {quoted(escaped(dated + self.note))}"


def read(message: dict[str, Any], link: str) -> SlackMessage:
    """From a message as Slack sends it. Never raises: what is missing is empty."""
    stamp = re.match(r"\d{1,12}", str(message.get("ts", "")))
    named = message.get("files")
    files = cast(list[Any], named)[:20] if isinstance(named, list) else []
    names = [cast(dict[str, Any], one).get("name") for one in files if isinstance(one, dict)]
    return SlackMessage(
        user=str(message.get("user") or "")[:30],
        text=plain(str(message.get("text") or "")[: 8 * LONGEST]) or "(no text)",
        at=datetime.fromtimestamp(int(stamp[0]) if stamp else 0, UTC),
        link=link if LINK.fullmatch(link.partition("?")[0]) else "",
        files=tuple(plain(str(name)[:100]) for name in names if name),
    )
