"""How rows read on a phone: in columns where these fit beside each other, else a line for each row."""

import re

from bot.views.message import escape, safe
from model.query_result import Table

NARROW = 34
"""Characters of a table's row that a phone shows beside each other in code style; wider rows become lines."""

LONGEST_CELL = 160
"""Characters of a cell that the message shows; all of it is in the file."""

ROWS = 15
"""Rows of a table that the message shows."""

ROOM = 900
"""Characters that rows shown as lines may take together; a phone shows as many at once."""


def table_words(table: Table) -> str:
    """In columns where a phone shows them beside each other, else a line for each row."""
    title = f"*{safe(table.title, 200)}*\n" if table.title else ""
    if not table.rows:
        return f"{title}{safe(table.empty or 'Nothing.', 300)}"
    if _is_narrow(table):
        rows = table.rows[:ROWS]
        plain = in_columns(table.model_copy(update={"rows": rows, "title": ""}))
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


def in_columns(table: Table) -> str:
    """Columns of equal width."""
    rows = [table.columns, *table.rows]
    clean = [[" ".join(cell.replace("```", "'''").split()) for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in clean) for at in range(len(table.columns))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in clean]
    title = [table.title] if table.title else []
    return "\n".join([*title, *(line.rstrip() for line in lines)])


def is_cut(table: Table) -> bool:
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
