"""`/maintenance done`: the work is through."""

from typing import Annotated

from model.language.declare import Kind, command
from model.language.parameters import Numbered, Text
from model.maintenance.decide import done as decide
from model.world import Ask, Upkeep


@command(
    "maintenance done",
    "End a maintenance and tell people",
    Kind.MAINTENANCE,
    examples=("MNT-1 The database runs the new version",),
    explains="The completion notice is posted in the service's own template.",
    form=False,
)
def done(
    ask: Ask,
    maintenance: Annotated[str | None, Numbered("MNT-…", "which one, such as MNT-1", "MNT")] = None,
    text: Annotated[str, Text("TEXT", "how it went, in a few words", 300)] = "",
) -> Upkeep:
    """Its rights end with it."""
    found = ask.maintenance
    return Upkeep(found.id, found.service, found, decide(found, text or ask.request.because))
