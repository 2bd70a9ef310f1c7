"""`/incident escalate`: tell the next level of the escalation matrix now, before its clock does."""

from typing import Annotated

from model.incidents.lifecycle import escalate as decide
from model.language.declare import Kind, command
from model.language.parameters import Numbered
from model.world import Ask, Tend


@command(
    "incident escalate",
    "Tell the next level of the escalation matrix",
    Kind.INCIDENT,
    examples=("incident=INC-42",),
    form=False,
)
def escalate(
    ask: Ask,
    *,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Tend:
    """The level is told once: its clock does not tell it again."""
    found = ask.incident
    return Tend(found.id, found, decide(found, ask.world.catalog.by_system[found.system], ask.world.now))
