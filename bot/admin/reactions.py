"""What follows from what operators decide about Muster itself."""

from collections.abc import Awaitable, Callable, Sequence

from bot.slack.directory import Directory
from bot.slack.groups import Seals
from bot.slack.operators import Operators
from bot.views.groups import trusted
from bot.views.message import Message, safe
from model.events import RecordedEvent
from model.groups.events import from_recorded

Resume = Callable[[str], Awaitable[bool]]
"""Takes up what was set aside; False when nothing of that name is."""


class AdminReactions:
    """Reaction to `admin:` streams."""

    def __init__(self, directory: Directory, operators: Operators, resume: Resume, seals: Seals) -> None:
        self._directory, self._operators = directory, operators
        self._resume, self._seals = resume, seals

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Do it, and say so where those who run Muster read; what nobody sealed was said by nobody."""
        if not news or await self._seals.unsealed(news[0].stream, news[0].version - 1):
            return
        for one in news:
            if one.type == "aside.resumed":
                await self._take_up(str(one.data["name"]), one)
            elif one.type == "group.trusted":
                await self._directory.reread()
                event = from_recorded(one)
                by = f"<@{one.who.user}>" if one.who.via != "cli" else "someone on Muster's host"
                await self._operators.tell(f"group:{event.handle}", trusted(event.handle, event.source, by))

    async def _take_up(self, name: str, one: RecordedEvent) -> None:
        said = f"▶️ `{safe(name, 200)}` was taken up again by <@{one.who.user}>."
        if not await self._resume(name):
            said = f"Nothing called `{safe(name, 200)}` is set aside; <@{one.who.user}> asked to take it up."
        await self._operators.tell(f"aside:{name}", Message(text=said))
