"""`/incident note`: write into the timeline, for the record only."""

from typing import Annotated

from model.incidents.lifecycle import note as decide
from model.language.declare import Kind, command
from model.language.parameters import Clock, Numbered, Text
from model.world import Ask, Tend


@command(
    "incident note",
    "Write into an incident's timeline",
    Kind.INCIDENT,
    examples=("Traffic moved to the second region at=14:02",),
    explains="at=14:02 puts it where it happened, in UTC.",
)
def note(
    ask: Ask,
    text: Annotated[str, Text("TEXT", "what happened", 2000)],
    *,
    at: Annotated[str | None, Clock()] = None,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Tend:
    """Allowed after the end too, for the post-mortem."""
    found = ask.incident
    return Tend(found.id, found, decide(found, ask.world.now, text, at=at))
