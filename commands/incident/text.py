"""`/incident text`: how it stands in the team's own communication template, to copy."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.outcomes import Display


@command(
    "incident text",
    "Show the communication template, filled in, to copy",
    Kind.LOOK,
    examples=("incident=INC-42",),
    form=False,
)
def text(
    invocation: Invocation,
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Display:
    """To the asker only; the same stands in the thread in #incidents after each update."""
    return Display("text", invocation.incident)
