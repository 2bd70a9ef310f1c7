"""`/incident reopen`: open a resolved incident again."""

from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import reopen as decide
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, Text
from model.outcomes import UpdateIncident


@command(
    "incident reopen",
    "Open a resolved incident again",
    Kind.INCIDENT,
    examples=("Errors are back",),
    form=False,
)
def reopen(
    invocation: Invocation,
    text: Annotated[str, Text("TEXT", "how it came back", 2000)] = "",
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """It was not over."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, text))
