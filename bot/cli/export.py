"""`muster export`: everything of one incident, or of all since a moment, as files."""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from bot.clock import utc_now
from bot.gate import streams
from bot.open_journal import journal_of
from bot.settings import Settings
from journal.embedded import runs_in
from model.catalog.schema import Catalog
from model.events import RecordedEvent
from model.incidents.state import Incident, fold
from model.language.parameters import ParseContext
from model.language.past import PastTime
from model.ports.journal import Journal
from model.reports.export import as_json, as_markdown

Say = Callable[[str], None]
UNKNOWN = 2
"""Exit code when nothing is lost and not all could be read."""

PAGE = 1_000
"""Events that are read at a time."""


async def export(settings: Settings, incident: str, since: str, out: Path, say: Say) -> int:
    """Write INC-….json and INC-….md of each into a folder; 0, or 1 where there is nothing, 2 as UNKNOWN.

    since: as in Slack, `30d` or `2026-11-20`. Raises Refused for another, OSError for a folder that cannot
    be written to, and what opening the journal raises.
    """
    wanted = incident.strip().upper()
    if bool(wanted) == bool(since):
        say("Name one incident (`muster export INC-7`) or a time (`muster export --since 30d`).")
        return 1
    if wanted and not re.fullmatch(r"INC-\d{1,9}", wanted):
        say(f"{incident[:80]!r} is no incident's id. Type one such as INC-7.")
        return 1
    then = _moment(since) if since else None
    if settings.redis_url is None and not runs_in(settings.data_dir):
        say(
            f"No journal runs in {settings.data_dir}, so there is nothing to export. Set MUSTER_DATA_DIR to "
            "the folder of a running Muster, or MUSTER_REDIS_URL."
        )
        return UNKNOWN
    async with journal_of(settings, utc_now, strict=False) as opened:
        journal = opened.journal
        ids = [wanted]
        if then is not None:
            ids = await journal.members(streams.ALL_INCIDENTS, min_score=then.timestamp())
        written, unread = await _all(journal, ids, out)
    if not written:
        said = f"There is no incident {wanted}." if wanted else "No incident was declared since then."
        say(f"{said} Nothing was written.")
        return 1
    say(f"{written} incident{'' if written == 1 else 's'} in {out}, a .json and a .md each.")
    if unread:
        say(f"This version cannot read {', '.join(unread)}: of these there are only the events, as .json.")
    return UNKNOWN if unread else 0


def _moment(since: str) -> datetime:
    """Raises Refused for what is no time that has been."""
    nowhere = ParseContext(Catalog(systems=(), services=()), "")
    return PastTime().read(since, nowhere).moment(utc_now())


async def _all(journal: Journal, ids: Sequence[str], out: Path) -> tuple[int, list[str]]:
    """One after the other, so that no more than one is held at a time. How many, and which are unreadable."""
    written, unread = 0, list[str]()
    for id in ids:
        records = await _events(journal, streams.incident(id))
        if not records:
            continue
        found = await asyncio.to_thread(_folded, records)
        linked = {str(one.data.get("operation", "")) for one in records if one.type == _LINKED} - {""}
        operations = {name: await _events(journal, streams.operation(name)) for name in sorted(linked)}
        await asyncio.to_thread(_write, out / f"{id}.json", as_json(id, records, operations))
        if found is None:
            unread.append(id)
        else:
            await asyncio.to_thread(_write, out / f"{id}.md", as_markdown(found))
        written += 1
    return written, unread


_LINKED = "incident.operation_linked"


async def _events(journal: Journal, stream: str) -> list[RecordedEvent]:
    records = await journal.read(stream, 0, PAGE)
    last = records
    while len(last) == PAGE:
        last = await journal.read(stream, records[-1].version, PAGE)
        records = [*records, *last]
    return records


def _folded(records: Sequence[RecordedEvent]) -> Incident | None:
    try:
        return fold(records)
    except Exception:  # whatever a stranger wrote there may break anything; its events are written anyway
        return None


def _write(path: Path, text: str) -> None:
    """Whole or not at all, for its owner only: incidents tell more than everybody may know."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
