"""The app's Home tab of a person."""

import json
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.gate import streams
from bot.gate.authorizer import AuthorizationRequest, Authorizer, of_press
from bot.gate.open_incidents import OpenIncidentsReader
from bot.gate.projections import Projection
from bot.listeners.home_viewers import MOST
from bot.slack.messages import Chat
from bot.views.home import Opened, closed_home, home
from model.catalog.schema import Catalog
from model.incidents.state import Incident
from model.maintenance.state import Maintenance
from model.operations.state import RUNNING, Operation, Phase
from model.people import Person
from model.ports.journal import Journal


def _runs(operation: Operation) -> bool:
    """Whether somebody ran it: a plan that is only shown is not under way."""
    return operation.phase in RUNNING or operation.phase is Phase.AWAITING_APPROVAL


class Home:
    """Open incidents, planned maintenance, approvals to give, what one is running: as the policies say."""

    def __init__(
        self,
        catalog: Catalog,
        chat: Chat,
        journal: Journal,
        authorizer: Authorizer,
        opened: OpenIncidentsReader,
        operations: Projection[Operation],
        maintenances: Projection[Maintenance],
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog, self._chat, self._journal, self._authorizer = catalog, chat, journal, authorizer
        self._open, self._operations = opened, operations
        self._maintenances, self._clock = maintenances, clock
        self._drawn: OrderedDict[Person, str] = OrderedDict()

    async def publish(self, person: Person, *, only_if_changed: bool = False) -> None:
        """Draw the tab anew. Raises SlackRefused or SlackUnreachable."""
        decision = await self._authorizer.ask(
            person, AuthorizationRequest(action="incident.list", entry="home")
        )
        view = home(await self._opened(person)) if decision.allowed else closed_home(decision.reason)
        said = json.dumps(view, sort_keys=True)
        if only_if_changed and self._drawn.get(person) == said:
            return
        await self._chat.call("views.publish", user_id=person.user, view=view)
        self._drawn[person] = said
        self._drawn.move_to_end(person)
        while len(self._drawn) > MOST:
            self._drawn.popitem(last=False)

    async def _opened(self, person: Person) -> Opened:
        unfinished = await self._journal.members(streams.UNFINISHED, newest=50)
        operations = (await self._operations.read(unfinished)).states.values()
        planned = await self._maintenances.many(await self._journal.members(streams.PLANNED_MAINTENANCE))
        return Opened(
            now=self._clock(),
            incidents=[one for one in await self._open.now() if await self._may_see(person, one)],
            unreadable=list((await self._open.now()).unreadable.values()),
            waiting=await self._approvable(person, operations),
            mine=[one for one in operations if _runs(one) and person in (one.asked_by, one.confirmed_by)],
            maintenances=[one for one in planned.values() if one.is_open],
        )

    async def _may_see(self, person: Person, incident: Incident) -> bool:
        asked = AuthorizationRequest(
            action="incident.show",
            entry="home",
            service=self._catalog.service(incident.service),
            incident=incident,
            is_of_incident=True,
        )
        return (await self._authorizer.ask(person, asked)).allowed

    async def _approvable(self, person: Person, operations: Iterable[Operation]) -> list[Operation]:
        """Those that the person's Approve would count for, by the policies' own answer."""
        found: list[Operation] = []
        for one in operations:
            if one.phase is not Phase.AWAITING_APPROVAL or person in one.approved_by:
                continue
            asked = of_press("approve", one, person, self._catalog.service(one.service), "home")
            if (await self._authorizer.ask(person, asked)).allowed:
                found.append(one)
        return found
