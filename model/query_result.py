"""What was found when something was looked at: words, tables, a chart, a long text."""

from typing import Literal

from model.health import Verdict
from model.value import Value


class Table(Value):
    """Rows as text. `left_out`: rows that a limit kept back; `empty`: what to say when there are none.

    of_secrets: it says which secrets there are, so it is shown only to people who may see that.
    """

    title: str = ""
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int = 0
    empty: str = ""
    of_secrets: bool = False


class ChartLine(Value):
    """One series of a chart: points of (seconds since the epoch in UTC, value in the chart's unit)."""

    label: str
    points: tuple[tuple[float, float], ...]


class Threshold(Value):
    """What the catalog calls too much (or, `is_least`, too little) on a chart."""

    value: float
    says: str
    is_least: bool = False


class Mark(Value):
    """Something that was done at a moment: a deploy, a scale, an incident declared."""

    at: float
    says: str


class Chart(Value):
    """A chart of series over time; unit is one of `percent`, `ms`, `s`, `bytes`, `count`, `USD`, `per s`."""

    title: str
    unit: str
    lines: tuple[ChartLine, ...]
    start: float
    end: float
    thresholds: tuple[Threshold, ...] = ()
    marks: tuple[Mark, ...] = ()
    style: Literal["line", "bars"] = "line"


class QueryResult(Value):
    """One answer. headline: one line that says the most important thing first.

    details: further short lines. text: long raw text such as log lines, oldest first, shown as a short
    excerpt with all of it in a file called `text_name`. note: what was left out, or where it is from.
    """

    headline: str
    verdict: Verdict | None = None
    details: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    chart: Chart | None = None
    text: str = ""
    text_name: str = "logs.txt"
    note: str = ""


def without_secrets(found: QueryResult) -> QueryResult:
    """The answer for people who may not even see which secrets there are."""
    kept = tuple(table for table in found.tables if not table.of_secrets)
    if len(kept) == len(found.tables):
        return found
    note = "Secrets are shown to owners, people on call and operators"
    return found.model_copy(update={"tables": kept, "note": " · ".join(filter(None, (found.note, note)))})


class BackupFound(Value):
    """A backup that can be restored. at is ISO 8601 UTC; size in bytes, None where it is not told."""

    id: str
    at: str
    status: str = "available"
    size: int | None = None
    note: str = ""


class Activity(Value):
    """Something that happened to the target by itself or by others, e.g. what an autoscaler did."""

    at: str
    says: str
