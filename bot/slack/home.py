"""The app's Home tab of a person."""

from collections.abc import Callable
from datetime import datetime

from bot import streams
from bot.folds import Folds
from bot.slack.chat import Chat
from bot.views.home import home
from model.incidents.state import Incident
from model.maintenance.state import Maintenance
from model.operations.state import Operation
from model.people import Person
from model.recorded import Journal


class Home:
    """Open incidents, planned maintenance, approvals one may give, what one is running."""

    def __init__(
        self,
        chat: Chat,
        journal: Journal,
        incidents: Folds[Incident],
        operations: Folds[Operation],
        maintenances: Folds[Maintenance],
        clock: Callable[[], datetime],
    ) -> None:
        self._chat, self._journal = chat, journal
        self._incidents, self._operations = incidents, operations
        self._maintenances, self._clock = maintenances, clock

    async def publish(self, person: Person) -> None:
        """Draw the tab anew. Raises SlackRefused or SlackUnreachable."""
        open_ids = await self._journal.members(streams.OPEN_INCIDENTS)
        unfinished = await self._journal.members(streams.UNFINISHED, newest=50)
        incidents = await self._incidents.many(open_ids)
        operations = await self._operations.many(unfinished)
        planned = await self._maintenances.many(await self._journal.members(streams.PLANNED_MAINTENANCE))
        view = home(
            person,
            list(incidents.values()),
            list(operations.values()),
            [one for one in planned.values() if one.is_open],
            self._clock(),
        )
        await self._chat.call("views.publish", user_id=person.user, view=view)
