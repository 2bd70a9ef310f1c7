"""`/incident decline`: do not take the lead that is offered."""

from typing import Annotated

from model.context import Invocation
from model.incidents.handoff import decline as decide
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, Text
from model.outcomes import UpdateIncident


@command(
    "incident decline",
    "Do not take the lead that is offered to you",
    Kind.INCIDENT,
    examples=("I am on a train",),
    form=False,
)
def decline(
    invocation: Invocation,
    text: Annotated[str, Text("TEXT", "why, if you like", 300)] = "",
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Raises Refused for whom it is not offered to."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, invocation.person, text))
