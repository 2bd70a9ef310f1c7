"""`/incident sev`: change the severity, within the service's own scheme."""

from typing import Annotated

from model.incidents.declare import set_severity
from model.language.declare import Kind, command
from model.language.parameters import Numbered, Severity, Text
from model.world import Ask, Tend


@command(
    "incident sev",
    "Change an incident's severity",
    Kind.INCIDENT,
    examples=("SEV1", "SEV1 All regions are down"),
)
def sev(
    ask: Ask,
    severity: Annotated[str, Severity()],
    because: Annotated[str, Text("WHY", "why it is better or worse now", 300)] = "",
    *,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Tend:
    """The response clock of the new severity starts now."""
    found = ask.incident
    system = ask.world.catalog.by_system[found.system]
    return Tend(found.id, found, set_severity(found, system, ask.world.now, severity, because))
