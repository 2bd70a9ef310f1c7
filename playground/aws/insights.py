"""The query language of CloudWatch Logs Insights, as far as the runbooks use it."""

import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from playground.aws.insights_filter import condition
from playground.aws.insights_rows import Row, number, text
from playground.aws.refusal import AwsError

MOST_ROWS = 10_000
USUAL_ROWS = 1_000
_NAME = r"[@\w.]+"
_STAT = re.compile(
    rf"(?P<how>\w+)\s*\(\s*(?P<of>\*|{_NAME})?\s*(?:/\s*(?P<by>\d+)\s*)?(?:,\s*(?P<at>[\d.]+)\s*)?\)",
    re.IGNORECASE,
)
_BIN = re.compile(r"bin\(\s*(\d+)\s*([smhd])\w*\s*\)", re.IGNORECASE)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def malformed(why: str) -> AwsError:
    """What Insights says of a query that it cannot read."""
    return AwsError("MalformedQueryException", f"unexpected symbol found: {why}")


@dataclass(frozen=True)
class Answer:
    """Rows of field and value, in the order of the query's fields. matched: rows before any limit."""

    rows: list[list[tuple[str, str]]]
    matched: int


@dataclass
class _State:
    rows: list[Row]
    shown: list[str] | None = None
    is_sorted: bool = False
    is_grouped: bool = False
    limit: int | None = None
    matched: int | None = None


Command = Callable[[_State], None]


def compiled(query: str) -> Callable[[Sequence[Row], int | None], Answer]:
    """The query as a function of rows and of the call's own limit. Raises MalformedQueryException."""
    said = "\n".join(line for line in query.splitlines() if not line.lstrip().startswith("#"))
    commands = [_command(one) for one in _split(said)]
    if not commands:
        raise malformed("the end of the query")

    def run(rows: Sequence[Row], limit: int | None) -> Answer:
        state = _State(list(rows))
        for one in commands:
            one(state)
        return _answer(state, limit)

    return run


def _answer(state: _State, limit: int | None) -> Answer:
    if not state.is_sorted and not state.is_grouped:
        state.rows.sort(key=lambda row: number(row["@timestamp"]) or 0, reverse=True)
    kept = state.rows[: state.limit or limit or USUAL_ROWS]
    names = state.shown or ["@timestamp", "@message"]
    shown = [[(name, text(name, row[name])) for name in names if row.get(name) is not None] for row in kept]
    if not state.is_grouped:
        shown = [[*cells, ("@ptr", str(row["@ptr"]))] for cells, row in zip(shown, kept, strict=True)]
    return Answer(shown, len(state.rows) if state.matched is None else state.matched)


def _split(query: str, by: str = "|") -> list[str]:
    """The parts between separators that stand outside quotes, regular expressions and parentheses."""
    parts: list[str] = []
    part, inside, depth = "", "", 0
    for at, letter in enumerate(query):
        opens_regex = letter == "/" and not inside and re.search(r"(like|=~|@message|parse\s+\S+)\s*$", part)
        if inside:
            inside = "" if letter == inside and query[at - 1] != "\\" else inside
        elif letter in "\"'`" or opens_regex:
            inside = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        if letter == by and not inside and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += letter
    if inside:
        raise malformed(inside)
    return [one.strip() for one in (*parts, part) if one.strip()]


def _command(said: str) -> Command:
    word, _, rest = said.partition(" ")
    known: dict[str, Callable[[str], Command]] = {
        "fields": _fields,
        "display": _fields,
        "filter": _filter,
        "parse": _parse,
        "stats": _stats,
        "sort": _sort,
        "limit": _limit,
    }
    made = known.get(word.lower())
    if made is None or not rest.strip():
        raise malformed(word)
    return made(rest.strip())


def _fields(rest: str) -> Command:
    names = _split(rest, ",")
    if not all(re.fullmatch(_NAME, name) for name in names):
        raise malformed(rest)

    def run(state: _State) -> None:
        state.shown = [*dict.fromkeys([*(state.shown or []), *names])]

    return run


def _filter(rest: str) -> Command:
    fits = condition(rest)

    def run(state: _State) -> None:
        state.rows = [row for row in state.rows if fits(row)]
        state.matched = len(state.rows)

    return run


def _parse(rest: str) -> Command:
    """`@message "took * ms" as took`, or a regular expression with named groups."""
    found = re.fullmatch(rf"({_NAME})\s+(?:\"([^\"]*)\"|'([^']*)'|/(.*)/)(?:\s+as\s+(.+))?", rest, re.DOTALL)
    if found is None:
        raise malformed(rest)
    glob = found[2] if found[2] is not None else found[3]
    names = [name.strip() for name in (found[5] or "").split(",") if name.strip()]
    if glob is None:
        form = re.sub(r"\(\?<(\w+)>", r"(?P<\1>", found[4])
    elif glob.count("*") != len(names):
        raise malformed(glob)
    else:
        form = "(.*?)".join(re.escape(part) for part in glob.split("*"))
        form += "$" if glob.endswith("*") else ""
    try:
        looks = re.compile(form)
    except re.error as error:
        raise malformed(rest) from error

    def run(state: _State) -> None:
        for row in state.rows:
            if match := looks.search(str(row.get(found[1]) or "")):
                row.update(match.groupdict() or dict(zip(names, match.groups(), strict=True)))

    return run


@dataclass(frozen=True)
class _Stat:
    name: str
    how: str
    of: str
    by: float
    at: float

    def value(self, rows: Sequence[Row]) -> float | None:
        """Over a group of rows; None where none of them has a number."""
        if self.how == "count":
            return len(rows) if self.of in {"", "*"} else sum(row.get(self.of) is not None for row in rows)
        if self.how == "count_distinct":
            return len({str(row[self.of]) for row in rows if row.get(self.of) is not None})
        numbers = sorted(n / self.by for row in rows if (n := number(row.get(self.of))) is not None)
        if not numbers:
            return None
        plain = {"avg": statistics.fmean, "max": max, "min": min, "sum": sum}
        if self.how in plain:
            return float(plain[self.how](numbers))
        return numbers[min(int(len(numbers) * self.at / 100), len(numbers) - 1)]


def _stats(rest: str) -> Command:
    what, by = [*re.split(r"\s+by\s+", rest, maxsplit=1), ""][:2]
    stats = [_stat(one) for one in _split(what, ",")]
    keys = [_key(one) for one in _split(by, ",")]

    def run(state: _State) -> None:
        groups = groupby(sorted(state.rows, key=lambda row: _of(row, keys)), key=lambda row: _of(row, keys))
        found: list[Row] = []
        for values, each in groups:
            rows = list(each)
            named: Row = {name: value or None for (name, _), value in zip(keys, values, strict=True)}
            found.append({**named, **{one.name: one.value(rows) for one in stats}})
        state.rows, state.is_grouped = found, True
        state.shown = [*(name for name, _ in keys), *(one.name for one in stats)]

    return run


def _of(row: Row, keys: Sequence[tuple[str, Callable[[Row], str]]]) -> tuple[str, ...]:
    return tuple(key(row) for _, key in keys)


def _stat(said: str) -> _Stat:
    call, _, alias = (part.strip() for part in re.sub(r"\s+as\s+", "\0", said).partition("\0"))
    found = _STAT.fullmatch(call)
    how = found["how"].lower() if found else ""
    if found is None or how not in {"count", "count_distinct", "avg", "max", "min", "sum", "pct"}:
        raise malformed(said)
    if (how not in {"count"} and not found["of"]) or (how == "pct") != (found["at"] is not None):
        raise malformed(said)
    by = float(found["by"] or 1) or 1.0
    return _Stat(alias or call, how, found["of"] or "", by, float(found["at"] or 0))


def _key(said: str) -> tuple[str, Callable[[Row], str]]:
    call, _, alias = (part.strip() for part in re.sub(r"\s+as\s+", "\0", said).partition("\0"))
    if binned := _BIN.fullmatch(call):
        size = int(binned[1]) * _SECONDS[binned[2].lower()] * 1000
        return alias or call, lambda row: _instant(int(number(row["@timestamp"]) or 0) // size * size)
    if not re.fullmatch(_NAME, call):
        raise malformed(said)
    return alias or call, lambda row: text(call, row[call]) if row.get(call) is not None else ""


def _instant(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.000")


def _sort(rest: str) -> Command:
    found = re.fullmatch(rf"({_NAME}|\w+\([^)]*\))(?:\s+(asc|desc))?", rest, re.IGNORECASE)
    if found is None:
        raise malformed(rest)

    def key(row: Row) -> tuple[bool, float, str]:
        value: Any = row.get(found[1])
        as_number = number(value)
        return (value is not None, as_number if as_number is not None else float("-inf"), str(value))

    def run(state: _State) -> None:
        state.rows.sort(key=key, reverse=(found[2] or "asc").lower() == "desc")
        state.is_sorted = True

    return run


def _limit(rest: str) -> Command:
    if not rest.isdigit() or not 1 <= int(rest) <= MOST_ROWS:
        raise malformed(rest)

    def run(state: _State) -> None:
        state.limit = int(rest)

    return run
