"""The name of an incident's channel, under Slack's rules."""

import re
import unicodedata

LONGEST = 80
"""Characters of a Slack channel name; lower case letters, digits, `-` and `_` only."""


def channel_name(id: str, service: str, title: str, attempt: int = 0) -> str:
    """`inc-42-miyabi-api-elevated-5xx`: the same for the same incident, at most 80 characters.

    attempt: how often Slack has said `name_taken`; from 1 on the name ends in `-2`, `-3` …
    """
    suffix = f"-{attempt + 1}" if attempt else ""
    whole = "-".join(part for part in (_slug(id), _slug(service), _slug(title)) if part)
    room = LONGEST - len(suffix)
    if len(whole) > room:
        whole = _cut(whole, room)
    return whole + suffix


def _slug(text: str) -> str:
    """Accents dropped, everything that is not a letter or digit made one hyphen."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _cut(name: str, room: int) -> str:
    """Cut after a whole word where that loses less than a third."""
    cut = name[:room]
    at_word = cut.rsplit("-", 1)[0] if name[room] != "-" else cut
    return (at_word if len(at_word) > room * 2 // 3 else cut).strip("-")
