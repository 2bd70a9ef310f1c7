"""`/incident ack`: answer an incident, which stops its response clock."""

from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import acknowledge
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.outcomes import UpdateIncident


@command(
    "incident ack",
    "Acknowledge an incident",
    Kind.INCIDENT,
    examples=("incident=INC-42",),
    form=False,
    also=("acknowledge", "take", "accept"),
)
def ack(
    invocation: Invocation,
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """The response clock stops now."""
    found = invocation.incident
    return UpdateIncident(found.id, found, acknowledge(found))
