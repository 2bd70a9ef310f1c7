"""What phones and Slack do to typed text, undone: smart quotes, long dashes, odd spaces, escapes."""

import html
import re
import unicodedata
from dataclasses import dataclass

from model.refusal import Refused

LONGEST = 4000
"""Characters of one command; a Slack message holds 40,000, a section block 3,000."""

_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"', "＂": '"'})
_APOSTROPHES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'"})
_DASHES = "‐‑‒–—―−﹘﹣－"
_LONG_OPTION = re.compile(rf"(?<!\S)[{_DASHES}]{{1,2}}(?=[A-Za-z])")
_LONE_DASH = re.compile(rf"(?<!\S)[{_DASHES}](?=\d)")
_ESCAPED = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


@dataclass(frozen=True)
class Word:
    """One word of a command and where it stood, so that free text keeps its own spacing."""

    text: str
    start: int
    end: int
    is_quoted: bool = False


def plain(text: str) -> str:
    """The text as the person meant it: ASCII quotes, dashes and spaces; no invisible characters.

    Slack's `<@U…|name>` and `<#C…|name>` stay as `<@U…>` and `<#C…>`; links become their address.
    """
    text = "".join(" " if unicodedata.category(c) in {"Zs", "Zl", "Zp"} else c for c in text)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cf", "Cc", "Cs"})
    text = text.translate(_QUOTES).translate(_APOSTROPHES)
    text = _ESCAPED.sub(_unescape, text)
    text = _LONG_OPTION.sub("--", text)
    return html.unescape(_LONE_DASH.sub("-", text)).strip()


def _unescape(found: re.Match[str]) -> str:
    sign, body, label = found.group(1), found.group(2), found.group(3)
    if sign in {"@", "#"}:
        return f"<{sign}{body}>"
    if sign == "!":
        return label or f"@{body.split('^')[0]}"
    return label if label and body.endswith(label) else body


def words(text: str) -> tuple[Word, ...]:
    """Split plain text at white space; `"…"` holds words together.

    Raises Refused for text over LONGEST characters and for a quote that is never closed.
    """
    if len(text) > LONGEST:
        raise Refused(
            f"This is {len(text):,} characters; a command takes up to {LONGEST:,}.",
            "Shorten it, or put the rest in the thread.",
        )
    found: list[Word] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        word = _quoted(text, at) if text[at] == '"' else _bare(text, at)
        found.append(word)
        at = word.end
    return tuple(found)


def _bare(text: str, start: int) -> Word:
    """A word up to the next white space; `key="two words"` keeps its quoted value whole."""
    end = start
    while end < len(text) and not text[end].isspace():
        if text[end] == '"' and end > start and text[end - 1] == "=":
            quoted = _quoted(text, end)
            return Word(text[start:end] + quoted.text, start, quoted.end)
        end += 1
    return Word(text[start:end], start, end)


def _quoted(text: str, start: int) -> Word:
    end = text.find('"', start + 1)
    if end < 0:
        raise Refused("A quote is opened and never closed.", 'Close it with " or leave it out.')
    return Word(text[start + 1 : end], start, end + 1, is_quoted=True)
