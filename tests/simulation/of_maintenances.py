"""What must hold of maintenances once the world has come to rest."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from bot.views.maintenance.card import card
from model.maintenance.clocks import due_timers
from model.maintenance.state import Maintenance
from tests.simulation.of_clocks import LATE
from tests.simulation.slack import INCIDENTS

if TYPE_CHECKING:
    from tests.simulation.world import World

_TOLD = {"maintenance.reminded", "maintenance.started", "maintenance.done", "maintenance.cancelled"}


def at_rest(world: "World") -> Iterator[str]:
    """What does not hold at the end."""
    for one in world.maintenances():
        events = world.durable.journal.streams[one.stream]
        yield from _shown(world, one)
        bells = Counter(str(event.data["bell"]) for event in events if event.type == "maintenance.reminded")
        for bell, count in bells.items():
            if count > 1:
                yield f"{one.id}: the bell {bell} rang {count} times"
        for event in (event for event in events if event.type in _TOLD):
            told = [channel for _, channel, _ in world.slack.keyed(f"mnt:{one.id}:{event.version}")]
            if told != [INCIDENTS] and not (set(told) == {INCIDENTS} and world.may_post_twice):
                yield f"{one.id}: {event.type} is told in {told}"
            if event.type == "maintenance.reminded":
                due = datetime.fromisoformat(str(event.data["due"]))
                if not due <= event.at <= due + LATE:
                    yield f"{one.id}: the bell {event.data['bell']} of {due:%H:%M} rang {event.at:%H:%M:%S}"
        if due_timers(one):
            yield f"{one.id} has bells left: {[due.bell for due in due_timers(one)]}"


def _shown(world: "World", one: Maintenance) -> Iterator[str]:
    """In #incidents, and where it was asked for, each once, as it is."""
    wanted = card(one, world.now()).text
    own = f"mnt:{one.id}"
    found = [message["text"] for key, _, message in world.slack.keyed(own) if key == own]
    if (found[-1:] if world.may_post_twice else found) != [wanted]:
        yield f"{one.id} is shown as {found}, and is {wanted!r}"
    for _, _, message in world.slack.keyed(f"mnt:{one.id}:asked"):
        if message["text"] != wanted:
            yield f"{one.id} is shown where it was asked for as {message['text']!r}, and is {wanted!r}"
