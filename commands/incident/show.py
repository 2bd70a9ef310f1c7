"""`/incident show`: how an incident stands."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Alone, Kind, command
from model.language.parameters import IdParameter
from model.outcomes import Display


@command(
    "incident show",
    "Show how an incident stands",
    Kind.LOOK,
    examples=("incident=INC-42",),
    form=False,
    also=("info", "view", "get"),
    alone=Alone.IN_ITS_CHANNEL,
)
def show(
    invocation: Invocation,
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Display:
    """Its headline, to the asker only."""
    return Display("incident", invocation.incident)
