"""The incident that is open already, shown before a second one is declared on its service."""

from collections import OrderedDict
from datetime import datetime, timedelta

from bot.knock import Knock
from model.people import Person
from model.refusal import Refused
from model.world import Outcome, Tend, World

GOOD_FOR = timedelta(minutes=5)
"""How long after it was shown the same declaration goes through."""

REMEMBERED = 1_000


class Beside:
    """Who was shown what. Kept in this process: at worst somebody is shown it twice."""

    def __init__(self) -> None:
        self._shown: OrderedDict[tuple[Person, str], tuple[datetime, str, str]] = OrderedDict()

    def must_be_shown(self, knock: Knock, outcome: Outcome, world: World) -> None:
        """Raises Refused once, with the open incident; whoever sends it again means another one."""
        service = str(outcome.events[0].data["service"]) if isinstance(outcome, Tend) else ""
        beside = next(iter(world.open.on([service])), None)
        if beside is None:
            return
        key = (knock.person, service)
        at, shown, passed = self._shown.get(key, (world.now - 2 * GOOD_FOR, "", ""))
        if passed == knock.claim:
            return
        if world.now - at < GOOD_FOR and not passed and shown != knock.claim:
            self._shown[key] = (at, shown, knock.claim)
            return
        self._shown[key] = (world.now, knock.claim, "")
        while len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)
        place = f"#{beside.channel_name}" if beside.channel else "its channel"
        raise Refused(
            f"{beside.id} is open on {service}: {beside.severity} {beside.title}. Nothing was declared.",
            f"If it is the same, go on in {place}. If it is another one, send this again.",
        )
