"""Lines of containers' logs: read with their times, searched, and put in one order."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (re2 is untyped)

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import re2

from model.language.near import shown
from model.queries import LogsQuery
from model.query_result import QueryResult
from model.refusal import Refused
from model.window import span_in_words

MOST = 2_000
"""Lines that one answer has at most: the newest."""

LONGEST_PATTERN = 200

_OPTIONS = re2.Options()
_OPTIONS.max_mem = 8 << 20
_OPTIONS.log_errors = False


@dataclass(frozen=True)
class LogLine:
    """One line. source: pod and container, `(crashed)` for the run before the last."""

    at: datetime
    source: str
    text: str


def matcher(pattern: str) -> Callable[[str], bool]:
    """What lines are kept: words as they stand, or `/regular expression/`. Raises Refused."""
    if not pattern:
        return lambda text: True
    found = re.fullmatch(r"/(.+)/", pattern)
    if found is None:
        words = pattern.strip('"').casefold()
        return lambda text: words in text.casefold()
    if len(pattern) > LONGEST_PATTERN:
        raise Refused(
            f"The pattern has {len(pattern)} characters; it takes up to {LONGEST_PATTERN}.",
            "Shorten it, or type the words as they stand.",
        )
    try:
        compiled: Any = re2.compile(found[1], _OPTIONS)
    except (re2.error, UnicodeEncodeError) as error:
        why = _words_of(error)
        raise Refused(
            f"{shown(pattern)} does not compile: {why}.",
            "Mend it (RE2 knows no look-around and no back-references), or type the words without slashes.",
        ) from error
    return lambda text: compiled.search(text.encode(errors="replace")) is not None


def _words_of(error: Exception) -> str:
    """RE2 tells in bytes what is wrong with a pattern."""
    said: Any = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)


def read(raw: bytes, source: str) -> Iterable[LogLine]:
    """The lines of one container, as the API gives them with `timestamps=true`."""
    # Only "\n" ends a line here: form feeds and the like stand inside what programs wrote.
    for line in raw.decode(errors="replace").split("\n"):
        stamp, _, text = line.partition(" ")
        if not stamp:
            continue
        try:
            # Kubernetes writes nanoseconds, which Python's times do not have.
            at = datetime.fromisoformat(re.sub(r"(\.\d{6})\d*Z$", r"\1Z", stamp))
        except ValueError:
            continue
        yield LogLine(at, source, text)


def found(lines: Sequence[LogLine], asked: LogsQuery, pods: int, left_out: bool) -> QueryResult:
    """The newest lines in the order they were written."""
    keeps = matcher(asked.pattern)
    kept = sorted(
        (one for one in lines if asked.since <= one.at <= asked.until and keeps(one.text)),
        key=lambda one: one.at,
    )
    newest = kept[-MOST:]
    text = "\n".join(f"{one.at:%H:%M:%S} {one.source} {one.text}" for one in newest)
    what = f" with {shown(asked.pattern)}" if asked.pattern else ""
    said = f"{len(kept):,} lines{what} of {pods} pods, {span_in_words(asked.since, asked.until)}"
    notes = [f"the newest {MOST:,} are shown"] if len(kept) > MOST else []
    notes += ["a container has older lines than were read"] if left_out else []
    return QueryResult(headline=said, text=text, text_name="pods.log", note="; ".join(notes))
