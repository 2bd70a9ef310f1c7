"""Named queries that Logs Insights would refuse, or that find less than they seem to."""

import re
from collections.abc import Iterator

from model.catalog.problems import Diagnostic
from model.language.near import shown

_COMMANDS = frozenset(
    {
        *("addtotals", "anomaly", "dedup", "diff", "display", "fields", "filter", "filterindex", "join"),
        *("limit", "lookup", "parse", "pattern", "sort", "source", "stats", "unmask", "unnest"),
    }
)
"""What a query is made of (CloudWatch Logs Insights QL, query syntax)."""

MOST = 10_000
"""Rows that a query may ask for (CloudWatch Logs quotas)."""

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`|(?<=\s)/(?=\S)(?:[^/\\\n]|\\.)+/|#[^\n]*')
"""Quoted text, names in backticks, patterns, comments; unlike a pattern, a division has a space after it."""

_NAME = re.compile(r"@?[A-Za-z_][\w.@]*")


def traps_of(name: str, query: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a query of the catalog. Never raises."""
    return tuple(Diagnostic.of_text(query, f"`{name}`: {what}", instead) for what, instead in _wrong(query))


def _wrong(query: str) -> Iterator[tuple[str, str]]:
    bare = _TEXT.sub(lambda found: "" if found[0].startswith("#") else "·", query)
    if mark := next((one for one in "\"'`" if one in bare), ""):
        yield f"a {mark} is opened and never closed.", f"Close it, or leave it out: {mark}…{mark}."
        return
    if re.search(r"\slike\s+/", bare):
        yield "a pattern is opened and never closed.", "Write it between slashes, on one line: like /ERROR/."
        return
    counted: set[str] | None = None
    for command in bare.split("|"):
        verb, _, rest = command.strip().partition(" ")
        yield from _command(verb, rest)
        if verb == "sort" and counted is not None:
            yield from _lost(rest, counted)
        if verb == "stats":
            counted = {*_NAME.findall(rest)}
    for word in re.findall(r"like\s+/([a-z]{3,})/", query):
        what = f"/{word}/ finds only lines with it in small letters."
        yield what, f"Write like /(?i){word}/ to find it however it is written."


def _command(verb: str, rest: str) -> Iterator[tuple[str, str]]:
    if not verb:
        yield "a command is missing before or after a pipe.", "Leave that pipe out."
    elif verb.lower() not in _COMMANDS:
        yield f"{shown(verb)} is no command of Logs Insights.", f"It has {', '.join(sorted(_COMMANDS))}."
    elif verb == "limit" and not (rest.strip().isdigit() and 0 < int(rest) <= MOST):
        yield f"limit takes 1 to {MOST:,}.", "Write limit 50."
    elif verb == "stats" and not re.search(r"\w\s*\(", rest):
        yield "stats counts nothing.", "Write stats count() by FIELD."


def _lost(rest: str, counted: set[str]) -> Iterator[tuple[str, str]]:
    """After `stats` only what it made is left to sort by."""
    by = _NAME.findall(rest)
    if by and by[0] not in counted and by[0].lower() not in {"asc", "desc"}:
        yield f"after stats there is no {by[0]} to sort by.", "Sort by what stats counts or groups by."
