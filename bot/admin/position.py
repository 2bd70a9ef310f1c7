"""Where the audit log stands, told each day where its server's writers cannot change it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.ids import TimerId
from bot.reactions import Later
from bot.slack.operators import Operators
from bot.views.message import Message
from journal.chain import LogPosition
from journal.redis import RedisJournal

_HOUR = 6
"""UTC: before most of the world's working day, so that it is the first line of a day."""


def next_telling(now: datetime) -> datetime:
    """The next 06:00 UTC after now."""
    today = now.replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    return today if today > now else today + timedelta(days=1)


def told(tip: LogPosition) -> Message:
    """A line that `muster audit verify` takes back."""
    return Message(
        text=f"🔏 Audit log: {tip.entries:,} entries, each verified. If its server is ever doubted: "
        f"`muster audit verify --anchor {tip.entries}:{tip.chain}`"
    )


class Position:
    """Tells the verified position once a day."""

    timer = TimerId("position", "daily")

    def __init__(
        self,
        journal: RedisJournal,
        operators: Operators,
        later: Later,
        clock: Callable[[], datetime],
    ) -> None:
        self._journal, self._operators, self._later, self._clock = journal, operators, later, clock

    async def begin(self) -> None:
        """Set the timer for the next time; every replica may. Raises JournalUnavailable."""
        await self._later(self.timer, next_telling(self._clock()))

    async def leave(self, _: str) -> None:
        """There is no channel for it any more: tell nothing, and be rung no more."""

    async def fire(self, _: str) -> None:
        """Tell it, and when it is told next. Raises JournalUnavailable."""
        now, tip = self._clock(), self._journal.proven
        if tip.entries:
            await self._operators.tell(f"position:{now:%Y-%m-%d}", told(tip))
        await self._later(self.timer, next_telling(now))
