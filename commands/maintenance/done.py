"""`/maintenance done`: the work is through."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, Text
from model.maintenance.decide import done as decide
from model.outcomes import UpdateMaintenance


@command(
    "maintenance done",
    "End a maintenance and tell people",
    Kind.MAINTENANCE,
    examples=("MNT-1 The database runs the new version",),
    explains="The completion notice is posted in the service's own template.",
    form=False,
)
def done(
    invocation: Invocation,
    maintenance: Annotated[str | None, IdParameter("MNT-…", "which one, such as MNT-1", "MNT")] = None,
    text: Annotated[str, Text("TEXT", "how it went, in a few words", 300)] = "",
) -> UpdateMaintenance:
    """Its rights end with it."""
    found = invocation.maintenance
    return UpdateMaintenance(
        found.id, found.service, found, decide(found, text or invocation.request.because)
    )
