"""`/incident resolve`: resolve an incident."""

from typing import Annotated

from model.incidents.lifecycle import resolve as decide
from model.language.declare import Kind, command
from model.language.parameters import Numbered, Text
from model.world import Ask, Tend


@command(
    "incident resolve",
    "Resolve an incident",
    Kind.INCIDENT,
    examples=("Traffic is normal again",),
    form=False,
)
def resolve(
    ask: Ask,
    text: Annotated[str, Text("TEXT", "how it ended", 2000)] = "",
    *,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Tend:
    """Posted in the template; the channel stays."""
    found = ask.incident
    return Tend(found.id, found, decide(found, text))
