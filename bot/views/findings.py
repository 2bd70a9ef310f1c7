"""How answers read: the most important thing first, tables for a phone, long text in a file."""

from slack_sdk.models.blocks import Block, ImageBlock
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.views.build import context, message, section
from bot.views.look import MARK
from bot.views.message import Message, safe, when
from model.catalog import Service
from model.findings import Findings, Table
from model.question import AskLogs

WIDEST = 52
"""Characters of a table's row before its cells are cut; a phone shows about as many in small type."""

LINES = 8
"""Lines of a long text that the message shows; all of it is in the file."""

LONGEST = 240
"""Characters of a line of a long text that the message shows."""

ROWS = 15
"""Rows of a table that the message shows."""


def findings(
    service: Service,
    found: Findings,
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
        context(" · ".join(part for part in (f"`{safe(line, 300)}`", safe(found.note, 900)) if part))
    )
    said = f"{first}\n{safe(image[1], 1500)}" if image else first
    return message(said, blocks)


def rest(found: Findings) -> str | None:
    """What does not fit into the message and belongs into a file, redacted by whoever sends it."""
    parts: list[str] = []
    lines = found.text.split("\n")
    if len(lines) > LINES or max(map(len, lines)) > LONGEST or len(found.text) > 2500:
        parts.append(found.text)
    parts += [_plain(table) for table in found.tables if len(table.rows) > ROWS or _width(table) > WIDEST]
    return "\n\n".join(parts) or None


def excerpt(text: str, lines: int = LINES) -> str:
    """The last lines, in code style; a line of three backticks cannot end it."""
    kept = [line[:LONGEST] for line in text.rstrip("\n").split("\n")[-lines:]]
    shown = safe("\n".join(kept).replace("```", "'''"), 2800)
    return f"```{shown}```"


def _table(table: Table) -> str:
    title = f"*{safe(table.title, 200)}*\n" if table.title else ""
    if not table.rows:
        return f"{title}{safe(table.empty or 'Nothing.', 300)}"
    left_out = max(0, len(table.rows) - ROWS) + table.left_out
    more = f"\n… and {left_out:,} more" if left_out else ""
    shown = safe(_plain(table.model_copy(update={"rows": table.rows[:ROWS], "title": ""}), WIDEST), 2700)
    return f"{title}```{shown}```{more}"


def _plain(table: Table, widest: int | None = None) -> str:
    """Columns of equal width; with `widest`, the widest column gives way until a row fits."""
    rows = [table.columns, *table.rows]
    clean = [[" ".join(cell.replace("```", "'''").split()) for cell in row] for row in rows]
    widths = [max(len(row[at]) for row in clean) for at in range(len(table.columns))]
    while widest is not None and sum(widths) + 2 * (len(widths) - 1) > widest and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    lines = ["  ".join(_cell(cell, width) for cell, width in zip(row, widths, strict=True)) for row in clean]
    title = [table.title] if table.title else []
    return "\n".join([*title, *(line.rstrip() for line in lines)])


def _cell(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}…"


def _width(table: Table) -> int:
    widths = [max(len(row[at]) for row in (table.columns, *table.rows)) for at in range(len(table.columns))]
    return sum(widths) + 2 * (len(widths) - 1)


def following(service: Service, found: Findings, question: AskLogs, line: str, is_over: bool) -> Message:
    """Lines as they come, in one message that is edited."""
    first = f"{service.id}: {safe(found.headline, 300)}"
    blocks: list[Block] = [section(f"*{first}*")]
    blocks.append(section(excerpt(found.text, 20) if found.text else "No lines yet."))
    ends = "It has stopped by itself" if is_over else f"It stops by itself {when(question.until)}"
    blocks.append(context(f"`{safe(line, 300)}` · {ends}"))
    return message(first, blocks)


def looking(service: Service, line: str) -> Message:
    """What stands where the answer will, while a target is slow to give it."""
    first = f"Reading {service.id}; the answer comes here."
    return message(first, [section(first), context(f"`{safe(line, 300)}`")])


def trouble(service: Service, what: str, next: str, line: str) -> Message:
    """A look that did not work: what happened, that nothing was changed, what to type."""
    first = f"{service.id}: {safe(what, 800)}"
    blocks: list[Block] = [section(f"*{first}* Nothing was changed.")]
    if next:
        blocks.append(section(safe(next, 800)))
    blocks.append(context(f"`{safe(line, 300)}`"))
    return message(first, blocks)
