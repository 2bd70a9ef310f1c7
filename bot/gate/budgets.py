"""How much one person may ask for in a minute: generous to people, too little to hold up everybody else."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from model.language.declare import Command, Kind
from model.people import Person

Spent = Literal["declarations", "plans", "looks", "refusals"]
WINDOW = timedelta(minutes=1)
REMEMBERED = 10_000
"""People whose last minute is known; those who asked longest ago go first."""


@dataclass
class Budgets:
    """`most`: how many of each a person may spend in a minute. Kept in this process, so two allow twice."""

    most: Mapping[Spent, int]
    _spent: OrderedDict[tuple[Person, Spent], dict[str, datetime]] = field(
        default_factory=OrderedDict[tuple[Person, Spent], dict[str, datetime]]
    )

    def take(self, person: Person, what: Spent, claim: str, now: datetime) -> timedelta | None:
        """None when it is within the budget, else how long until it is. A claim counts once."""
        key = (person, what)
        kept = {one: at for one, at in self._spent.get(key, {}).items() if now - at < WINDOW}
        self._spent[key] = kept
        self._spent.move_to_end(key)
        while len(self._spent) > REMEMBERED:
            self._spent.popitem(last=False)
        if claim in kept:
            return None
        if len(kept) >= self.most[what]:
            return WINDOW - (now - min(kept.values()))
        kept[claim] = now
        return None


def spent_by(command: Command) -> Spent | None:
    """What a command takes from a budget; nothing where it tells of an incident, or presses a button."""
    if command.name == "incident declare":
        return "declarations"
    if command.takes_dry:
        return "plans"
    if command.kind is Kind.LOOK and command.service is not None:
        return "looks"
    return None
