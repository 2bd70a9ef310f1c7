"""`/incident note`: write into the timeline, for the record only."""

from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import note as decide
from model.language.declare import Kind, command
from model.language.parameters import Clock, IdParameter, IntegerParameter, Text
from model.outcomes import UpdateIncident


@command(
    "incident note",
    "Write into an incident's timeline",
    Kind.INCIDENT,
    examples=("Traffic moved to the second region at=14:02", "It was the third region corrects=8"),
    explains=(
        "at=14:02 puts it where it happened, in UTC. corrects=8 sets entry 8 of the timeline right, "
        "removes=8 strikes out a note; both stay in the record."
    ),
    also=("log", "comment", "add"),
)
def note(
    invocation: Invocation,
    text: Annotated[str, Text("TEXT", "what happened", 2000)],
    *,
    at: Annotated[str | None, Clock()] = None,
    corrects: Annotated[int | None, IntegerParameter("N", "the entry that this sets right", 1)] = None,
    removes: Annotated[int | None, IntegerParameter("N", "the note to strike out; TEXT says why", 1)] = None,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Allowed after the end too, for the post-mortem."""
    found = invocation.incident
    events = decide(found, invocation.world.now, text, at=at, corrects=corrects or 0, removes=removes or 0)
    return UpdateIncident(found.id, found, events)
