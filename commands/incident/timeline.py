"""`/incident timeline`: everything that happened, in order."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, IntegerParameter
from model.outcomes import Display


@command("incident timeline", "Show an incident's timeline", Kind.LOOK, examples=("page=2",), form=False)
def timeline(
    invocation: Invocation,
    *,
    page: Annotated[int, IntegerParameter("N", "how many pages back", 1, 10_000)] = 1,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Display:
    """Back-dated notes stand where they belong."""
    return Display("timeline", invocation.incident, page=page)
