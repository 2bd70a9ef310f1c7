"""`/incident started`: when it began, which is seldom when it was declared."""

from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import started as decide
from model.language.declare import Kind, command
from model.language.parameters import Clock, IdParameter
from model.outcomes import UpdateIncident


@command(
    "incident started",
    "Say when it began",
    Kind.INCIDENT,
    examples=("13:40",),
    explains="In UTC, the last time it was that o'clock. Durations and the post-mortem count from then.",
    also=("began", "start-time"),
)
def started(
    invocation: Invocation,
    at: Annotated[str, Clock()],
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Allowed after the end too, for the post-mortem."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, invocation.world.now, at))
