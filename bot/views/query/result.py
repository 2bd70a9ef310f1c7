"""How answers read: the most important thing first, tables for a phone, long text in a file."""

import json
import re
from typing import Any

from slack_sdk.models.blocks import Block, ImageBlock
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.views.blocks import context, message, section
from bot.views.message import Message, escape, safe, when
from bot.views.query.health import MARK
from model.catalog.schema import Service
from model.queries import LogsQuery
from model.query_result import QueryResult, Table
from model.secrets import REMOVED, is_secret_name
from model.slash import slash

NARROW = 34
"""Characters of a table's row that a phone shows beside each other in code style; wider rows become lines."""

LONGEST_CELL = 160
"""Characters of a cell that the message shows; all of it is in the file."""

LINES = 8
"""Lines of a long text that the message shows; all of it is in the file."""

LONGEST = 240
"""Characters of a line of a long text that the message shows."""

_WORDS = ("message", "msg", "error", "event")
_LEVELS = frozenset({"level", "severity", "lvl"})
_TIMES = frozenset({"time", "timestamp", "ts", "@timestamp"})
"""Names that loggers give to a line's words, its level and its time, which stands before it already."""

ROWS = 15
"""Rows of a table that the message shows."""

ROOM = 900
"""Characters that rows shown as lines may take together; a phone shows as many at once."""


def findings(
    service: Service,
    found: QueryResult,
    line: str,
    image: tuple[str, str] | None = None,
) -> Message:
    """One answer. line: what was typed; image: Slack's id of the chart and its text for who cannot see it."""
    mark = f"{MARK[found.verdict]} · " if found.verdict else ""
    first = f"{service.id}: {mark}{safe(found.headline, 600)}"
    blocks: list[Block] = [section(f"*{first}*")]
    if found.details:
        blocks.append(section("\n".join(safe(one, 400) for one in found.details[:20])))
    if image is not None:
        file, alt = image
        blocks.append(ImageBlock(alt_text=alt[:2000], slack_file=SlackFile(id=file)))
    blocks += [section(_table(table)) for table in found.tables[:6]]
    if found.text:
        blocks.append(section(excerpt(found.text)))
    blocks.append(
        context(" · ".join(part for part in (f"`{safe(slash(line), 300)}`", safe(found.note, 900)) if part))
    )
    said = f"{first}\n{safe(image[1], 1500)}" if image else first
    return message(said, blocks)


def rest(found: QueryResult) -> str | None:
    """What does not fit into the message and belongs into a file, redacted by whoever sends it."""
    parts: list[str] = []
    lines = found.text.split("\n")
    if len(lines) > LINES or max(map(len, lines)) > LONGEST or len(found.text) > 2500:
        parts.append(found.text)
    parts += [_plain(table) for table in found.tables if _is_cut(table)]
    return "\n\n".join(parts) or None


def rest_in_words(text: str, why: str) -> Message:
    """The end of what would be a file, where the workspace takes none."""
    return Message(text=f"{safe(why, 300)}\nThe end of it:\n{excerpt(text, 60)}")


def excerpt(text: str, lines: int = LINES) -> str:
    """The last lines, in code style; a line of three backticks cannot end it."""
    kept = [told(line)[:LONGEST] for line in text.rstrip("\n").split("\n")[-lines:]]
    shown = safe("\n".join(kept).replace("```", "'''"), 2800)
    return f"```{shown}```"


def told(line: str) -> str:
    """A line of a log; of one in JSON its message first, then all the rest. The file has it as it was."""
    before, brace, rest = line.partition("{")
    try:
        return before + _fields_told(json.loads(brace + rest)) if brace else line
    except (ValueError, RecursionError):  # not JSON, without words, or nested without end
        return line


def _fields_told(fields: dict[str, Any]) -> str:
    """Raises ValueError for fields without words."""
    words = next((fields.pop(key) for key in _WORDS if isinstance(fields.get(key), str)), None)
    if words is None:
        raise ValueError("no field has the line's words")
    level = str(next((fields[key] for key in _LEVELS if key in fields), "")).upper()
    shown = words if level in words.upper() else f"{level} {words}"
    left = {key: value for key, value in fields.items() if key not in _LEVELS | _TIMES}
    more = [f"{key}={_value(key, value)}" for key, value in left.items() if value not in (None, "", [], {})]
    return " · ".join([" ".join(shown.split()), *more])


def _value(key: str, value: object) -> str:
    """A field of a log line; of a secret's, nothing."""
    if is_secret_name(key):
        return REMOVED
    return " ".join(value.split()) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table(table: Table) -> str:
    """In columns where a phone shows them beside each other, else a line for each row."""
    title = f"*{safe(table.title, 200)}*\n" if table.title else ""
    if not table.rows:
        return f"{title}{safe(table.empty or 'Nothing.', 300)}"
    if _is_narrow(table):
        rows = table.rows[:ROWS]
        plain = _plain(table.model_copy(update={"rows": rows, "title": ""}))
        shown = f"```{safe(plain, 2700)}```"
    else:
        rows = _rows(table.columns, table.rows[:ROWS])
        shown = "\n".join(rows)
    left_out = len(table.rows) - len(rows) + table.left_out
    more = f"\n… and {left_out:,} more" if left_out else ""
    return f"{title}{shown}{more}"


def _rows(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> list[str]:
    """`• *cpu* · now 46% · limit at most 80%`, `• *memory* · 512 MiB`; as many as there is room for."""
    lines: list[str] = []
    first_name, *names = columns
    if len(names) == 1:
        names = [""]  # of two columns, the second is what the first has
    for row in rows:
        cells = [" ".join(cell.split()) for cell in row]
        named = zip(names, cells[1:], strict=True)
        others = [f"{safe(column, 80)} {_marked(cell)}".strip() for column, cell in named if cell]
        first = cells[0] if any(c.isalpha() for c in cells[0]) else f"{first_name} {cells[0]}"
        line = " · ".join([f"• {_marked(first, is_bold=True)}", *others])
        if lines and sum(map(len, lines)) + len(line) > ROOM:
            break
        lines.append(line)
    return lines


def _marked(cell: str, is_bold: bool = False) -> str:
    """A cell as it stands: what Slack would take for marks is in code style."""
    cut = safe(cell.replace("`", "'"), LONGEST_CELL)
    if re.search(r"[*_~]|:(?!\d\d:)[\w+-]+:", cut):
        return f"`{cut}`"
    return f"*{cut}*" if is_bold and cut else cut


def _plain(table: Table) -> str:
    """Columns of equal width."""
    rows = [table.columns, *table.rows]
    clean = [[" ".join(cell.replace("```", "'''").split()) for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in clean) for at in range(len(table.columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in clean]
    title = [table.title] if table.title else []
    return "\n".join([*title, *(line.rstrip() for line in lines)])


def _is_cut(table: Table) -> bool:
    """Whether the message lacks rows, or the end of a cell or of a row."""
    if _is_narrow(table):
        return len(table.rows) > ROWS
    lines = _rows(table.columns, table.rows[:ROWS])
    most = LONGEST_CELL - len(table.columns[0]) - 1  # a first cell without letters stands behind its name
    is_long = any(len(escape(cell)) > most for row in table.rows for cell in row)
    return is_long or len(lines) < len(table.rows) or any(len(line) > ROOM for line in lines)


def _is_narrow(table: Table) -> bool:
    return _width(table) <= NARROW


def _width(table: Table) -> int:
    widths = [max(len(row[at]) for row in (table.columns, *table.rows)) for at in range(len(table.columns))]
    return sum(widths) + 2 * (len(widths) - 1)


def following(service: Service, found: QueryResult, question: LogsQuery, line: str, is_over: bool) -> Message:
    """Lines as they come, in one message that is edited."""
    first = f"{service.id}: {safe(found.headline, 300)}"
    blocks: list[Block] = [section(f"*{first}*")]
    blocks.append(section(excerpt(found.text, 20) if found.text else "No lines yet."))
    ends = "It has stopped by itself" if is_over else f"It stops by itself {when(question.until)}"
    blocks.append(context(f"`{safe(slash(line), 300)}` · {ends}"))
    return message(first, blocks)


def looking(what: str, line: str) -> Message:
    """What is shown while a target is slow to answer."""
    first = f"Reading {safe(what, 200)}; the answer follows."
    return message(first, [section(first), context(f"`{safe(slash(line), 300)}`")])


def trouble(service: Service, what: str, next: str, line: str) -> Message:
    """A look that did not work: what happened, that nothing was changed, what to type."""
    first = safe(what if what.startswith(service.id) else f"{service.id}: {what}", 800)
    blocks: list[Block] = [section(f"*{first}* Nothing was changed.")]
    if next:
        blocks.append(section(safe(next, 800)))
    blocks.append(context(f"`{safe(slash(line), 300)}`"))
    return message(first, blocks)
