"""`/incident status`: change the status without words of its own."""

from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import set_status
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, Status
from model.outcomes import UpdateIncident


@command("incident status", "Change an incident's status", Kind.INCIDENT, examples=("Monitoring",))
def status(
    invocation: Invocation,
    status: Annotated[str, Status()],
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Posted in the template like an update."""
    found = invocation.incident
    return UpdateIncident(found.id, found, set_status(found, status))
