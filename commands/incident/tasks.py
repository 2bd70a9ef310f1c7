"""`/incident tasks`: what is to be done, and what is done."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.outcomes import Display


@command("incident tasks", "Show an incident's tasks", Kind.LOOK, examples=("incident=INC-42",), form=False)
def tasks(
    invocation: Invocation,
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Display:
    """To the asker only."""
    return Display("tasks", incident=invocation.incident)
