"""`/maintenance start`: the work begins."""

from typing import Annotated

from model.language.declare import Kind, command
from model.language.parameters import Numbered
from model.maintenance.decide import start as decide
from model.world import Ask, Upkeep


@command(
    "maintenance start",
    "Begin a maintenance that was announced",
    Kind.MAINTENANCE,
    examples=("MNT-1",),
    explains=(
        "Until its announced end, rollbacks and the like on that service need no approval, if it was "
        "announced at least an hour ahead; for whoever scheduled it, a day ahead."
    ),
    form=False,
)
def start(
    ask: Ask,
    maintenance: Annotated[str | None, Numbered("MNT-…", "which one, such as MNT-1", "MNT")] = None,
) -> Upkeep:
    """Not before its time."""
    found = ask.maintenance
    return Upkeep(found.id, found.service, found, decide(found, ask.world.now, ask.world.planned))
