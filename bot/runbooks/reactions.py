"""What follows from walking through a runbook: its one message, with what was done by whom."""

from collections.abc import Sequence

from bot.gate.projections import Projection
from bot.slack.messages import NO_ENTRY, Chat, SlackRefused
from bot.views.runbook import card
from model.events import RecordedEvent
from model.runbooks.state import RunbookRun


class RunbookReactions:
    """Reaction to `guide:` streams."""

    def __init__(self, guides: Projection[RunbookRun], chat: Chat) -> None:
        self._guides, self._chat = guides, chat

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Show the runbook as it stands, in the channel where it was opened."""
        guide = await self._guides.get(id)
        if guide is None:
            return
        shown = card(guide)
        try:
            await self._chat.put(f"guide:{id}", guide.channel, shown, guide.thread_ts)
        except SlackRefused as refused:
            if refused.error not in NO_ENTRY:
                raise
            # A runbook that nobody sees helps nobody: it goes to whoever opened it.
            await self._chat.put(f"guide:{id}:direct", guide.opened_by.user, shown)
