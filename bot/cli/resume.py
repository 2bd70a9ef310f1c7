"""`muster resume`: lists what was set aside, or takes one of it up again."""

from collections.abc import Callable
from datetime import UTC, datetime

from bot.clock import utc_now
from bot.open_journal import journal_of
from bot.settings import Settings
from journal import aside

Say = Callable[[str], None]


async def resume(settings: Settings, name: str, say: Say) -> int:
    """0 when it is taken up, or nothing is set aside; 1 else. Raises what opening the journal raises."""
    async with journal_of(settings, utc_now) as opened:
        if name and await aside.resume(opened.journal, name):
            say(f"{name} is taken up again; a running Muster finds it within seconds.")
            return 0
        found = await aside.listed(opened.journal)
        if name:
            say(f"Nothing called {name} is set aside.")
        for one in found:
            say(f"{one.name} · since {_utc(one.since_ms)} · {one.why}")
        if not found:
            say("Nothing is set aside.")
        return 1 if name or found else 0


def _utc(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"
