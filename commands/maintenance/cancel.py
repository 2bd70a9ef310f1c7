"""`/maintenance cancel`: it does not take place, or is broken off."""

from typing import Annotated

from model.language.declare import Kind, command
from model.language.parameters import Numbered
from model.maintenance.decide import cancel as decide
from model.world import Ask, Upkeep


@command(
    "maintenance cancel",
    "Cancel a maintenance, or break it off",
    Kind.MAINTENANCE,
    examples=("MNT-1 because the release slipped",),
    form=False,
)
def cancel(
    ask: Ask,
    maintenance: Annotated[str | None, Numbered("MNT-…", "which one, such as MNT-1", "MNT")] = None,
) -> Upkeep:
    """People who were told of it are told."""
    found = ask.maintenance
    return Upkeep(found.id, found.service, found, decide(found, ask.request.because))
