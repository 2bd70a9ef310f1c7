"""A message to Slack and the words that are safe to put in it."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from model.escape import mrkdwn as escape
from model.secrecy import REMOVED, is_secret_name

_GONE = re.escape(REMOVED)
_SECRETS = (
    re.compile(r"xox[abeoprs]-[\w-]{10,}"),
    re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
    re.compile(r"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,}"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s:@]+(?=@)"),
)
_NAMED_SECRET = re.compile(
    r"(?i)(?<![\w-])(?<!=)(?<!=\")(?<!\": \")(?<!\":\")"
    r"([\w-]{0,60}(?:secret|token|password|passwd|api[_-]?key)[\w-]{0,60}[\"']?\s*[=:]\s*[\"']?)"
    rf"(?![\"']?secret:[\w/+=.@-]+|{_GONE})[^\s\"',;]+"
)
_QUOTED_SECRET = re.compile(
    r"(?i)(?<![\w-])([\w-]{0,60}(?:secret|token|password|passwd|api[_-]?key)[\w-]{0,60}\"\s{0,9}:\s{0,9}\")"
    rf"(?!secret:[\w/+=.@-]+\"|{_GONE}\")(?:[^\"\\]|\\.)+"
)
"""A field of JSON, whose value may be of several words."""

_VARIABLE = re.compile(
    r"(?<![\w-])([A-Z][A-Z0-9_]{0,80}|[A-Za-z]\w{0,40}_\w{0,40})([=＝])"
    rf"(?![\"“]?secret:[\w/+=.@-]+|{_GONE})"
    r"(\"[^\"]*\"?|[“”][^“”]*[“”]?|[^\s\"',;]+)"
)


@dataclass(frozen=True)
class Message:
    """What is posted. `text` is the whole answer in words (notifications, screen readers)."""

    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def when(at: datetime) -> str:
    """A time in the reader's own zone, with UTC for where Slack cannot show it."""
    stamp = at.astimezone(UTC)
    return f"<!date^{int(stamp.timestamp())}^{{date_short_pretty}} {{time}}|{stamp:%Y-%m-%d %H:%M} UTC>"


def redact(text: str) -> str:
    """The text with what looks like a secret struck out."""
    for pattern in _SECRETS:
        text = pattern.sub(REMOVED, text)
    text = _QUOTED_SECRET.sub(rf"\1{REMOVED}", text)
    return _NAMED_SECRET.sub(rf"\1{REMOVED}", _VARIABLE.sub(_variable, text))


def _variable(found: re.Match[str]) -> str:
    """`KEY=value` without its value where the key is that of a secret; `secret:NAME` is none, and stays."""
    return f"{found[1]}{found[2]}{REMOVED}" if is_secret_name(found[1]) else found[0]


def safe(text: str, longest: int = 2900) -> str:
    """Foreign text, redacted, escaped and cut to fit a section (3,000 characters at Slack)."""
    clean = escape(redact(text))
    if len(clean) <= longest:
        return clean
    cut = clean[: longest - 1]
    return cut[: cut.rfind("&")] + "…" if re.search(r"&[a-z]{0,4}$", cut) else cut + "…"
