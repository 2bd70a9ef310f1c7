"""What those who run Muster must know: one message a matter in their channel, edited when it changes."""

import structlog

from bot.slack.announce_channel import AnnounceChannel
from bot.slack.messages import Chat, SlackRefused, SlackUnreachable
from bot.views.message import Message
from model.ports.journal import JournalUnavailable

_LOG = structlog.get_logger()


class Operators:
    """Posts to the operators' channel (`MUSTER_OPERATORS_CHANNEL`, #incidents when it is not set)."""

    def __init__(self, chat: Chat, channel: AnnounceChannel) -> None:
        self._chat, self._channel = chat, channel

    async def tell(self, matter: str, message: Message) -> bool:
        """Post the matter, or edit what stands there of it; False when Slack did not take it. Never raises.

        `matter` names what it is about and stays the same while that lasts: `setback:op:OP-7`.
        """
        try:
            await self._chat.put(f"operators:{matter}", await self._channel.id(), message)
        except (SlackRefused, SlackUnreachable, JournalUnavailable) as error:
            _LOG.warning("operators not told", matter=matter, said=message.text, error=str(error))
            return False
        return True
