"""`muster audit`: verify, show or export what was done."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from bot.admin.reindex import HOW
from bot.clock import utc_now
from bot.open_journal import journal_of
from bot.settings import Settings
from journal.anchor import kept
from journal.audit import Filter, export, show
from journal.chain import LogPosition
from journal.embedded import runs_in
from journal.indexes import differing
from journal.opening import Opened

Say = Callable[[str], None]
SHOWN = 100
UNKNOWN = 2
"""Exit code when nothing is known to be wrong and not all could be looked at."""


async def audit(settings: Settings, what: str, of: str, say: Say, anchor: str = "") -> int:
    """Do one of the three; 1 when the log or a list was altered, 2 when that cannot be told.

    anchor: a position that was kept elsewhere, as it was told or the file it is in.
    Raises what opening the journal raises.
    """
    if settings.redis_url is None and not runs_in(settings.data_dir):
        say(
            f"No journal runs in {settings.data_dir}, so there is nothing to look at. Set MUSTER_DATA_DIR to "
            "the folder of a running Muster, or MUSTER_REDIS_URL."
        )
        return UNKNOWN
    async with journal_of(settings, utc_now, strict=False) as opened:
        if what == "verify":
            return await _verify(opened, anchor, say)
        if what == "export":
            async for line in export(opened.journal):
                say(line)
            return 0
        for entry in await show(opened.journal, Filter(text=of), limit=200):
            say(json.dumps(entry, ensure_ascii=False))
        return 0


async def _verify(opened: Opened, anchor: str, say: Say) -> int:
    given = _read(anchor) if anchor else opened.anchor
    has_anchor = opened.anchor_was_there if not anchor else isinstance(given, LogPosition) or given.exists()
    verdict = await opened.verify(given)
    if verdict.first_bad is not None:
        say(f"Altered at {verdict.first_bad.where}: {verdict.first_bad.why}")
        return 1
    wrong = await differing(opened.journal, HOW)
    for one in wrong[:SHOWN]:
        say(f"Not as the events say: {one.says}")
    if wrong:
        say(f"{len(wrong)} entries of lists differ from the events; the next start makes them anew.")
        return 1
    if not has_anchor:
        say(
            f"{verdict.entries} entries, none altered; but there is no anchor here ({given}): a log that was "
            "cut short cannot be noticed. Give one that was kept elsewhere with --anchor."
        )
        return UNKNOWN
    known = given if isinstance(given, LogPosition) else kept(given)
    say(f"{verdict.entries} entries, none altered; the anchor is entry {known.entries if known else 0}.")
    return 0


def _read(anchor: str) -> LogPosition | Path:
    """A position as Muster tells it each day (`1234:9f…`), or the file that one is kept in."""
    found = re.fullmatch(r"(\d{1,15}):([0-9a-f]{40})", anchor.strip())
    return LogPosition(int(found[1]), found[2]) if found else Path(anchor)
