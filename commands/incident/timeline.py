"""`/incident timeline`: everything that happened, in order."""

from typing import Annotated

from model.language.declare import Kind, command
from model.language.parameters import Numbered, Whole
from model.world import Ask, Show


@command("incident timeline", "Show an incident's timeline", Kind.LOOK, examples=("page=2",), form=False)
def timeline(
    ask: Ask,
    *,
    page: Annotated[int, Whole("N", "how many pages back", 1, 10_000)] = 1,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Show:
    """Back-dated notes stand where they belong."""
    return Show("timeline", ask.incident, page=page)
