"""How answers read: the most important thing first, tables for a phone, long text in a file."""

import json
from typing import Any

from slack_sdk.models.blocks import Block, ImageBlock
from slack_sdk.models.blocks.basic_components import SlackFile

from bot.views.blocks import context, message, section
from bot.views.message import Message, safe, when
from bot.views.query.health import MARK
from bot.views.query.table import in_columns, is_cut, table_words
from model.catalog.schema import Service
from model.queries import LogsQuery
from model.query_result import QueryResult
from model.secrets import REMOVED, is_secret_name
from model.slash import slash

LINES = 8
"""Lines of a long text that the message shows; all of it is in the file."""

LONGEST = 240
"""Characters of a line of a long text that the message shows."""

_WORDS = ("message", "msg", "error", "event")
_LEVELS = frozenset({"level", "severity", "lvl"})
_TIMES = frozenset({"time", "timestamp", "ts", "@timestamp"})
"""Names that loggers give to a line's words, its level and its time, which stands before it already."""


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
    blocks += [section(table_words(table)) for table in found.tables[:6]]
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
    parts += [in_columns(table) for table in found.tables if is_cut(table)]
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
