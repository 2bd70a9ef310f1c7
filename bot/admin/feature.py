"""What operators decide about Muster itself, and what they are told of it."""

from contextlib import AsyncExitStack
from functools import partial

from bot.admin.position import Position
from bot.admin.reactions import AdminReactions
from bot.admin.reindex import reindexing
from bot.reactions import Feature
from bot.services import Services
from journal import aside


def build(services: Services) -> Feature:
    """Streams `admin:`; the timer of the log's position, which is told where operators have a channel."""
    ground, slack, journal = services.ground, services.slack, services.journal
    reactions = AdminReactions(
        slack.directory, slack.operators, partial(aside.resume, journal.opened.journal), journal.seals
    )
    position = Position(journal.opened.journal, slack.operators, journal.later, ground.clock)
    is_told = bool(ground.settings.operators_channel)
    return Feature({"admin": reactions}, {"position": position.fire if is_told else position.leave})


async def begin(services: Services, stack: AsyncExitStack) -> None:
    """Once timers run: compare the lists, and set the first telling of the position."""
    journal, slack = services.journal, services.slack
    await stack.enter_async_context(
        reindexing(journal.opened.journal, slack.operators, journal.open_incidents.renew)
    )
    if not services.ground.settings.operators_channel:
        return  # a line a day would be noise elsewhere: #incidents is for incidents
    position = Position(journal.opened.journal, slack.operators, journal.later, services.ground.clock)
    if await journal.timers.due(str(position.timer)) is None:
        await position.begin()
