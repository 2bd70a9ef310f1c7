"""What the rows of a look say: the most important thing first."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from backends.postgres.target import PostgresTarget
from model.health import Verdict
from model.query_result import QueryResult, Table

Rows = Sequence[Mapping[str, Any]]
QUERY = 120
"""Characters of a query that a table shows."""


def connections(target: PostgresTarget, rows: Rows, left_out: int) -> QueryResult:
    """Sessions by database and state, against what is allowed."""
    taken = sum(int(row["sessions"]) for row in rows)
    allowed = int(rows[0]["allowed"]) if rows else 0
    percent = 100 * taken / allowed if allowed else 0
    verdict = Verdict.DEGRADED if percent >= target.fullest_percent else Verdict.OK
    table = _table("", ("database", "state", "sessions"), rows, left_out)
    said = f"{taken} of {allowed} connections are taken ({percent:.0f} %)"
    return QueryResult(headline=said, verdict=verdict, tables=(table,))


def queries(target: PostgresTarget, rows: Rows, left_out: int) -> QueryResult:
    """What runs now, the longest first."""
    longest = rows[0]["runs"].total_seconds() if rows else 0.0
    verdict = Verdict.DEGRADED if longest >= target.longest_query_s else Verdict.OK
    said = (
        f"{len(rows) + left_out} queries run; the longest for {span(rows[0]['runs'])}"
        if rows
        else "no query runs"
    )
    names = ("pid", "who", "runs", "state", "waits", "query")
    table = _table("", names, rows, left_out)
    return QueryResult(headline=said, verdict=verdict, details=_first_query(rows), tables=(table,))


def slow(target: PostgresTarget, rows: Rows, left_out: int) -> QueryResult:
    """The statements that take longest on average."""
    first = f"the slowest takes {rows[0]['mean_ms']:,.0f} ms on average" if rows else "no statement is known"
    names = ("mean_ms", "max_ms", "calls", "query")
    note = "From pg_stat_statements, since its last reset"
    table = _table("", names, rows, left_out)
    return QueryResult(headline=first, details=_first_query(rows), tables=(table,), note=note)


def locks(target: PostgresTarget, rows: Rows, left_out: int) -> QueryResult:
    """Who waits for a lock, and behind whom."""
    waiting = len(rows) + left_out
    table = _table("", ("pid", "who", "lock", "mode", "waits", "behind", "query"), rows, left_out)
    said = f"{waiting} wait for a lock" if waiting != 1 else "1 waits for a lock"
    if not rows:
        return QueryResult(headline="nobody waits for a lock", verdict=Verdict.OK)
    return QueryResult(headline=said, verdict=Verdict.DEGRADED, tables=(table,))


def idle(target: PostgresTarget, rows: Rows, left_out: int, older: timedelta) -> QueryResult:
    """Whom `kill-idle` would end."""
    count = len(rows) + left_out
    said = f"{count} sessions are idle for longer than {span(older)}"
    note = "Own sessions, superusers' and replication are left out"
    return QueryResult(
        headline=said, tables=(_table("", ("pid", "who", "app", "idle"), rows, left_out),), note=note
    )


def replication(standby: bool, lag: timedelta | None, slots: Rows, left_out: int) -> QueryResult:
    """Of a standby its lag; of a primary its slots, and what they keep from being removed."""
    if standby:
        behind = "nothing was replayed yet" if lag is None else f"{span(lag)} behind"
        return QueryResult(headline=f"a standby, {behind}")
    inactive = [str(row["slot"]) for row in slots if not row["active"]]
    said = f"a primary with {len(slots)} replication slots"
    verdict = Verdict.DEGRADED if inactive else Verdict.OK
    said += f"; nobody reads from {', '.join(inactive)}" if inactive else ""
    names = ("slot", "type", "active", "restart", "retained")
    table = _table("", names, slots, left_out, empty="No replication slots.")
    return QueryResult(headline=said, verdict=verdict, tables=(table,))


def _first_query(rows: Rows) -> tuple[str, ...]:
    """The query of the first row, longer than a table shows it."""
    return (" ".join(str(rows[0]["query"]).split())[:300],) if rows else ()


def span(value: timedelta) -> str:
    """`4 s`, `12 min`, `3.5 h`."""
    seconds = value.total_seconds()
    if seconds < 120:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


_WRITTEN: dict[str, Callable[[Any], str]] = {
    "retained": lambda value: "" if value is None else f"{value / 2**20:,.1f} MiB",
    "mean_ms": lambda value: f"{value:,.1f}",
    "max_ms": lambda value: f"{value:,.1f}",
    "query": lambda value: " ".join(str(value).split())[:QUERY],
    "behind": lambda value: ", ".join(map(str, value)),
    "active": lambda value: "yes" if value else "NO",
}


def _table(title: str, names: tuple[str, ...], rows: Rows, left_out: int, empty: str = "Nothing.") -> Table:
    cells = tuple(tuple(_cell(name, row[name]) for name in names) for row in rows)
    return Table(
        title=title,
        columns=tuple(name.replace("_", " ") for name in names),
        rows=cells,
        left_out=left_out,
        empty=empty,
    )


def _cell(name: str, value: Any) -> str:
    if name in _WRITTEN:
        return _WRITTEN[name](value)
    if isinstance(value, timedelta):
        return span(value)
    return "" if value is None else str(value)
