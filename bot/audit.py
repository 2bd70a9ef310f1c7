"""`muster audit`: verify, show or export what was done."""

import json
from collections.abc import Callable

from bot.clock import utc_now
from bot.settings import Settings
from journal.audit import Filter, export, show
from journal.opening import open_journal

Say = Callable[[str], None]


async def audit(settings: Settings, what: str, of: str, say: Say) -> int:
    """Do one of the three; 1 when the log was altered. Raises what opening the journal raises."""
    key = settings.audit_key.get_secret_value().encode() or None
    async with open_journal(settings.redis_url, settings.data_dir, utc_now, key) as opened:
        if what == "verify":
            verdict = await opened.verify()
            if verdict.first_bad is None:
                say(f"{verdict.entries} entries, none altered.")
                return 0
            say(f"Altered at {verdict.first_bad.where}: {verdict.first_bad.why}")
            return 1
        if what == "export":
            async for line in export(opened.journal):
                say(line)
            return 0
        for entry in await show(opened.journal, Filter(text=of), limit=200):
            say(json.dumps(entry, ensure_ascii=False))
        return 0
