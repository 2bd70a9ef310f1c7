"""`/incident sev`: change the severity, within the service's own scheme."""

from typing import Annotated

from model.context import Invocation
from model.incidents.declare import set_severity
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, Severity, Text
from model.outcomes import UpdateIncident


@command(
    "incident sev",
    "Change an incident's severity",
    Kind.INCIDENT,
    examples=("SEV1", "SEV1 All regions are down"),
    also=("severity", "priority"),
)
def sev(
    invocation: Invocation,
    severity: Annotated[str, Severity()],
    because: Annotated[str, Text("WHY", "why it is better or worse now", 300)] = "",
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """The response clock of the new severity starts now."""
    found = invocation.incident
    system = invocation.world.catalog.by_system[found.system]
    return UpdateIncident(
        found.id, found, set_severity(found, system, invocation.world.now, severity, because)
    )
