"""Replies in an operation's thread, each for whoever has to know or to act."""

from collections.abc import Callable

import structlog

from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from bot.views.message import Message
from bot.views.operation.replies import approval_asked, approval_settled, ended
from model.operations.state import Operation, Phase

_LOG = structlog.get_logger()


class OperationReplies:
    """Beside the operation's own message, which says all: what is refused here stops nothing."""

    def __init__(self, chat: Chat, group: Callable[[str], str]) -> None:
        self._chat, self._group = chat, group

    async def follow(self, operation: Operation) -> None:
        """Ask for the approval that it waits for, say that none is asked for any more, tell a bad end."""
        asks = f"op:{operation.id}:asks:{operation.mark}"
        if operation.phase is Phase.AWAITING_APPROVAL:
            await self._reply(operation, asks, approval_asked(operation, self._group))
        elif operation.needs and await self._chat.has_begun(asks):
            await self._reply(operation, asks, approval_settled(operation))
        if (said := ended(operation)) is not None:
            await self._reply(operation, f"op:{operation.id}:ended", said)

    async def _reply(self, operation: Operation, key: str, said: Message) -> None:
        where = await self._chat.where(f"op:{operation.id}")
        if where is None:  # it stands in a direct message to whoever asked, who sees it there
            return
        try:
            await self._chat.put(key, where.channel, said, operation.thread_ts or where.ts)
        except (SlackRefused, SlackUnreachable) as error:
            _LOG.warning("reply not posted", operation=operation.id, error=str(error))
