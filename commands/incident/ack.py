"""`/incident ack`: answer an incident, which stops its response clock."""

from typing import Annotated

from model.incidents.lifecycle import acknowledge
from model.language.declare import Kind, command
from model.language.parameters import Numbered
from model.world import Ask, Tend


@command("incident ack", "Acknowledge an incident", Kind.INCIDENT, examples=("incident=INC-42",), form=False)
def ack(
    ask: Ask,
    *,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Tend:
    """The response clock stops now."""
    found = ask.incident
    return Tend(found.id, found, acknowledge(found))
