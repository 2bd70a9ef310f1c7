"""`/incident note`: write into the timeline, for the record only."""

from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import note as decide
from model.language.declare import Kind, command
from model.language.parameters import Clock, IdParameter, Text
from model.outcomes import UpdateIncident


@command(
    "incident note",
    "Write into an incident's timeline",
    Kind.INCIDENT,
    examples=("Traffic moved to the second region at=14:02",),
    explains="at=14:02 puts it where it happened, in UTC.",
    also=("log", "comment", "add"),
)
def note(
    invocation: Invocation,
    text: Annotated[str, Text("TEXT", "what happened", 2000)],
    *,
    at: Annotated[str | None, Clock()] = None,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Allowed after the end too, for the post-mortem."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, invocation.world.now, text, at=at))
