"""`/incident accept`: take the lead that is offered."""

from typing import Annotated

from model.context import Invocation
from model.incidents.handoff import accept as decide
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.outcomes import UpdateIncident


@command(
    "incident accept",
    "Take the lead that is offered to you",
    Kind.INCIDENT,
    examples=("incident=INC-42",),
    form=False,
)
def accept(
    invocation: Invocation,
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Raises Refused for whom it is not offered to."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, invocation.person))
