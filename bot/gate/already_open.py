"""The incident that is open already, shown before a second one is declared on its service."""

from collections import OrderedDict
from datetime import datetime, timedelta

from bot.gate.request import IncomingRequest
from model.context import RequestContext
from model.outcomes import Outcome, UpdateIncident
from model.people import Person
from model.refusal import Refused

GOOD_FOR = timedelta(minutes=5)
"""How long after it was shown the same declaration goes through."""

REMEMBERED = 1_000


class Beside:
    """Who was shown what. Kept in this process: at worst somebody is shown it twice."""

    def __init__(self) -> None:
        self._shown: OrderedDict[tuple[Person, str], tuple[datetime, str, str]] = OrderedDict()

    def must_be_shown(self, incoming: IncomingRequest, outcome: Outcome, world: RequestContext) -> None:
        """Raises Refused once, with the open incident; whoever sends it again means another one."""
        service = str(outcome.events[0].data["service"]) if isinstance(outcome, UpdateIncident) else ""
        beside = next(iter(world.open.on([service])), None)
        if beside is None:
            return
        key = (incoming.person, service)
        at, shown, passed = self._shown.get(key, (world.now - 2 * GOOD_FOR, "", ""))
        if passed == incoming.claim:
            return
        if world.now - at < GOOD_FOR and not passed and shown != incoming.claim:
            self._shown[key] = (at, shown, incoming.claim)
            return
        self._shown[key] = (world.now, incoming.claim, "")
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
        place = f"#{beside.channel_name}" if beside.channel else "its channel"
        raise Refused(
            f"{beside.id} is open on {service}: {beside.severity} {beside.title}. Nothing was declared.",
            f"If it is the same, go on in {place}. If it is another one, send this again.",
        )
