"""`/incident escalate`: tell the next level of the escalation matrix now, before its clock does."""

from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import escalate as decide
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.outcomes import UpdateIncident


@command(
    "incident escalate",
    "Tell the next level of the escalation matrix",
    Kind.INCIDENT,
    examples=("incident=INC-42",),
    form=False,
)
def escalate(
    invocation: Invocation,
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """The level is told once: its clock does not tell it again."""
    found = invocation.incident
    return UpdateIncident(
        found.id, found, decide(found, invocation.world.catalog.by_system[found.system], invocation.world.now)
    )
