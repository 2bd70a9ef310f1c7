"""`/incident escalate`: tell the next level of the escalation matrix now, before its clock does."""

from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import escalate as decide
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, Text
from model.outcomes import UpdateIncident


@command(
    "incident escalate",
    "Tell the next level of the escalation matrix, or the one that is named",
    Kind.INCIDENT,
    examples=("3", "incident=INC-42"),
    form=False,
)
def escalate(
    invocation: Invocation,
    level: Annotated[str, Text("LEVEL", "a level of the matrix, such as 3", 100)] = "",
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """The level is told once: its clock does not tell it again."""
    found = invocation.incident
    world = invocation.world
    system = world.catalog.by_system[found.system]
    return UpdateIncident(found.id, found, decide(found, system, world.now, level))
