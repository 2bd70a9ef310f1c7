"""Who has looked at their Home tab lately: it is drawn again for them when what stands there changes."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from bot.slack.messages import SlackRefused, SlackUnreachable
from model.people import Person
from model.ports.journal import JournalUnavailable

_LOG = structlog.get_logger()

LATELY = timedelta(minutes=30)
"""Slack tells when the tab is opened and not when it is left, so nobody is followed for longer."""

MOST = 50
"""People drawn for at a time; `views.publish` may be called about a hundred times a minute (tier 4)."""


class HomeViewers:
    """publish: draws someone's tab. every_s: seconds between a drawing and the next."""

    def __init__(
        self, publish: Callable[[Person], Awaitable[None]], clock: Callable[[], datetime], every_s: float
    ) -> None:
        self._publish, self._clock, self._every_s = publish, clock, every_s
        self._seen: OrderedDict[Person, datetime] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def saw(self, person: Person) -> None:
        """The person opened the tab."""
        self._seen[person] = self._clock()
        self._seen.move_to_end(person)
        while len(self._seen) > MOST:
            self._seen.popitem(last=False)

    def changed(self) -> None:
        """What stands there may be another: draw it again soon, in the background."""
        self._again = True
        if self._seen and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._draw())

    async def close(self) -> None:
        """Draw no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _draw(self) -> None:
        while self._again:
            self._again = False
            for person, at in list(self._seen.items()):
                if self._clock() - at > LATELY:
                    self._seen.pop(person, None)
                    continue
                try:
                    await self._publish(person)
                except (SlackRefused, SlackUnreachable, JournalUnavailable) as error:
                    _LOG.warning("home not drawn", person=person.id, error=str(error))
            await asyncio.sleep(self._every_s)
