"""Lines and query results as findings: pure."""

import re
from datetime import UTC, datetime

from backends.cloudwatch_logs.queries import MOST_ROWS, Counted
from backends.cloudwatch_logs.reads import MOST_LINES, Lines
from backends.cloudwatch_logs.target import Json, LogsTarget
from model.query_result import QueryResult
from model.window import in_utc, span_in_words

LONGEST_LINE = 4_000
"""Characters of a line that are shown; an event may have a quarter of a million."""
_TASK = re.compile(r"[^/]+/[^/]+/([0-9a-zA-Z-]+)")
"""The stream of a task, as ECS's log driver names it: prefix, container, task."""


def lines_found(
    target: LogsTarget, pattern: str, found: Lines, since: datetime, until: datetime
) -> QueryResult:
    """The newest lines, the oldest of them first; what was not looked at is said."""
    count, span = len(found.events), span_in_words(since, until)
    with_it = f" with {pattern}" if pattern else ""
    at_least = "at least " if found.cut or found.reached else ""
    headline = f"{at_least}{count:,} lines{with_it}, {span}" if count else f"no lines{with_it}, {span}"
    notes = [target.group]
    if found.cut or (found.reached and count >= MOST_LINES):
        notes.append(f"only the newest {count:,} lines; narrow it with a pattern or since=")
    elif found.reached:
        notes.append(f"read back to {in_utc(found.reached)} only; look further with until=")
    return QueryResult(
        headline=headline[:1].upper() + headline[1:],
        text="\n".join(_line(one) for one in found.events),
        text_name=f"{target.group.strip('/').replace('/', '-')}.txt",
        note="; ".join(notes),
    )


def rows_found(
    target: LogsTarget, name: str, found: Counted, text: str, since: datetime, until: datetime
) -> QueryResult:
    """A query's rows."""
    count = len(found.table.rows)
    headline = (
        f"{name}: {count:,} row{'s' * (count != 1)}, {span_in_words(since, until)}"
        if count
        else f"{name}: no lines match"
    )
    notes = [target.group, f"{found.scanned:,} lines read", " ".join(text.split())]
    if count >= MOST_ROWS:
        notes.insert(1, f"stopped at {MOST_ROWS:,} rows")
    return QueryResult(headline=headline, tables=(found.table,), note="; ".join(notes))


def _line(event: Json) -> str:
    """When, which task (where the stream is one of a task's) and what it said."""
    at = datetime.fromtimestamp(int(event["timestamp"]) / 1000, UTC)
    task = _TASK.fullmatch(str(event.get("logStreamName") or ""))
    who = f"{task[1][:8]} " if task else ""
    said = str(event["message"]).rstrip()
    said = said if len(said) <= LONGEST_LINE else f"{said[:LONGEST_LINE]}… ({len(said):,} characters)"
    return f"{at:%m-%d %H:%M:%S} {who}{said}"
