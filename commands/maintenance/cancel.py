"""`/maintenance cancel`: it does not take place, or is broken off."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.maintenance.decide import cancel as decide
from model.outcomes import UpdateMaintenance


@command(
    "maintenance cancel",
    "Cancel a maintenance, or break it off",
    Kind.MAINTENANCE,
    examples=("MNT-1 because the release slipped",),
    form=False,
)
def cancel(
    invocation: Invocation,
    maintenance: Annotated[str | None, IdParameter("MNT-…", "which one, such as MNT-1", "MNT")] = None,
) -> UpdateMaintenance:
    """People who were told of it are told."""
    found = invocation.maintenance
    return UpdateMaintenance(found.id, found.service, found, decide(found, invocation.request.because))
