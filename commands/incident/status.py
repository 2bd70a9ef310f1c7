"""`/incident status`: change the status without words of its own."""

from typing import Annotated

from model.incidents.lifecycle import set_status
from model.language.declare import Kind, command
from model.language.parameters import Numbered, Status
from model.world import Ask, Tend


@command("incident status", "Change an incident's status", Kind.INCIDENT, examples=("Monitoring",))
def status(
    ask: Ask,
    status: Annotated[str, Status()],
    *,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Tend:
    """Posted in the template like an update."""
    found = ask.incident
    return Tend(found.id, found, set_status(found, status))
