"""`/incident show`: how an incident stands."""

from typing import Annotated

from model.language.declare import Kind, command
from model.language.parameters import Numbered
from model.world import Ask, Show


@command("incident show", "Show how an incident stands", Kind.LOOK, examples=("incident=INC-42",), form=False)
def show(
    ask: Ask,
    *,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Show:
    """Its headline, to the asker only."""
    return Show("incident", ask.incident)
