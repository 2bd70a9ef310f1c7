"""`/maintenance start`: the work begins."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.maintenance.decide import start as decide
from model.outcomes import UpdateMaintenance


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
    invocation: Invocation,
    maintenance: Annotated[str | None, IdParameter("MNT-…", "which one, such as MNT-1", "MNT")] = None,
) -> UpdateMaintenance:
    """Not before its time."""
    found = invocation.maintenance
    return UpdateMaintenance(
        found.id, found.service, found, decide(found, invocation.world.now, invocation.world.planned)
    )
