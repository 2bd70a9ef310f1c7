"""`/incident list`: open incidents, the worst first."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IntegerParameter
from model.outcomes import Display


@command("incident list", "List open incidents", Kind.LOOK, examples=("page=2",), form=False)
def list_open(
    invocation: Invocation,
    *,
    page: Annotated[int, IntegerParameter("N", "which page, the worst first", 1, 10_000)] = 1,
) -> Display:
    """To the asker only."""
    return Display("incidents", page=page)
