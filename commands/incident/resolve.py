"""`/incident resolve`: resolve an incident."""

from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import resolve as decide
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, Text
from model.outcomes import UpdateIncident


@command(
    "incident resolve",
    "Resolve an incident",
    Kind.INCIDENT,
    examples=("Traffic is normal again",),
    form=False,
    also=("close", "end", "fix", "fixed", "done"),
)
def resolve(
    invocation: Invocation,
    text: Annotated[str, Text("TEXT", "how it ended", 2000)] = "",
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Posted in the template; the channel stays."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, text))
