"""`/incident link`: an alert belongs to an incident."""

from typing import Annotated

from model.context import Invocation
from model.incidents.alerts import link as decide
from model.language.declare import Kind, command
from model.language.parameters import AlertNamed, IdParameter
from model.outcomes import UpdateIncident


@command(
    "incident link",
    "Link an alert to an incident",
    Kind.INCIDENT,
    examples=("ALR-3",),
    explains="The headline and the timeline say when it is over, and when it fires again.",
)
def link(
    invocation: Invocation,
    alert: Annotated[str, AlertNamed()],
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Raises Refused for an alert that there is not."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, alert, invocation.world.alerts.get(alert)))
