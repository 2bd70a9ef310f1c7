"""`/incident reopen`: open a resolved incident again."""

from typing import Annotated

from model.incidents.lifecycle import reopen as decide
from model.language.declare import Kind, command
from model.language.parameters import Numbered, Text
from model.world import Ask, Tend


@command(
    "incident reopen",
    "Open a resolved incident again",
    Kind.INCIDENT,
    examples=("Errors are back",),
    form=False,
)
def reopen(
    ask: Ask,
    text: Annotated[str, Text("TEXT", "how it came back", 2000)] = "",
    *,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Tend:
    """It was not over."""
    found = ask.incident
    return Tend(found.id, found, decide(found, text))
