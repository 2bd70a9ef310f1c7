"""A message to Slack and the words that are safe to put in it."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from model.escape import mrkdwn as escape
from model.redaction import redact

__all__ = ["Message", "escape", "redact", "safe", "when"]


_SHORT = 200
"""Characters of names and titles, which are shown again and again: what was made of them is kept."""


FITS = 2900
"""Characters that go into one section (3,000 at Slack), with some room for its label."""


@dataclass(frozen=True)
class Message:
    """What is posted. `text` is the whole answer in words (notifications, screen readers)."""

    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def elapsed(length: timedelta) -> str:
    """`45 s`, `3 min 20 s`, `2 h 5 min`."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


def when(at: datetime) -> str:
    """A time in the reader's own zone, with UTC for where Slack cannot show it."""
    stamp = at.astimezone(UTC)
    return f"<!date^{int(stamp.timestamp())}^{{date_short_pretty}} {{time}}|{stamp:%Y-%m-%d %H:%M} UTC>"


def safe(text: str, longest: int = 2900) -> str:
    """Foreign text, redacted, escaped and cut to fit a section (3,000 characters at Slack)."""
    return _safe_again(text, longest) if len(text) <= _SHORT else _safe(text, longest)


def _safe(text: str, longest: int) -> str:
    clean = escape(redact(text))
    if len(clean) <= longest:
        return clean
    cut = clean[: longest - 1]
    return cut[: cut.rfind("&")] + "…" if re.search(r"&[a-z]{0,4}$", cut) else cut + "…"


_safe_again = lru_cache(maxsize=4096)(_safe)
