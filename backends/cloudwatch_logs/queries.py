"""Named queries of the catalog: filled with what was given, and what they answer as a table: pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from backends.cloudwatch_logs.target import Json
from model.query_result import Table
from model.refusal import Refused
from model.slash import slash

MOST_ROWS = 1_000
_PLACE = re.compile(r"\{(\w+)\}")
_VALUE = re.compile(r"[\w-]{1,64}", re.ASCII)


def filled(service: str, name: str, query: str, values: Mapping[str, str]) -> str:
    """The query with its `{places}` filled; a value is a bare word, so that it cannot change the query.

    Raises Refused for a value that is missing, not wanted, or not a bare word.
    """
    wanted = list(dict.fromkeys(_PLACE.findall(query)))
    example = f"{slash('logs')} {service} query={name} " + " ".join(f"{one}=abc-123-def" for one in wanted)
    for place in wanted:
        if place not in values:
            raise Refused(f"The query {name} looks for one {place}.", "Say which.", (example,))
        if not _VALUE.fullmatch(values[place]):
            what = f"A {place} is letters, digits, _ and -, at most 64 of them."
            raise Refused(what, "Copy it from a log line.", (example,))
    for given in values:
        if given not in wanted:
            raise Refused(
                f"The query {name} takes no {given}.", f"Type {slash('logs')} {service} query={name}"
            )
    return _PLACE.sub(lambda place: values[place[1]], query)


@dataclass(frozen=True)
class Counted:
    """Rows as a table, and how many lines matched and were read."""

    table: Table
    matched: int
    scanned: int


def counted(name: str, answer: Json) -> Counted:
    """What Insights answered. Lines have a pointer that nobody wants to read; groups have none."""
    rows: list[dict[str, str]] = [
        {str(cell["field"]): str(cell.get("value", "")) for cell in row} for row in answer["results"]
    ]
    are_lines = any("@ptr" in row for row in rows)
    columns = tuple(dict.fromkeys(field for row in rows for field in row if field != "@ptr"))
    said: Json = answer.get("statistics") or {}
    matched, scanned = int(said.get("recordsMatched", 0)), int(said.get("recordsScanned", 0))
    table = Table(
        title=name,
        columns=columns or ("nothing",),
        rows=tuple(tuple(_cell(row.get(column, "")) for column in columns) for row in rows),
        left_out=max(0, matched - len(rows)) if are_lines else 0,
        empty="No lines match.",
    )
    return Counted(table, matched, scanned)


def _cell(text: str) -> str:
    """Figures with no more than two decimals; everything else as it stands, on one line."""
    if re.fullmatch(r"-?\d+\.\d{3,}", text):
        return f"{float(text):,.2f}"
    return " ".join(text.split())
