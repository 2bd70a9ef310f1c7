"""`/incident list`: open incidents, the worst first."""

from typing import Annotated

from model.language.declare import Kind, command
from model.language.parameters import Whole
from model.world import Ask, Show


@command("incident list", "List open incidents", Kind.LOOK, examples=("page=2",), form=False)
def list_open(
    ask: Ask, *, page: Annotated[int, Whole("N", "which page, the worst first", 1, 10_000)] = 1
) -> Show:
    """To the asker only."""
    return Show("incidents", page=page)
