"""`/incident list`: open incidents, the worst first."""

from model.context import Invocation
from model.language.declare import Kind, command
from model.outcomes import Display


@command("incident list", "List open incidents", Kind.LOOK, form=False)
def list_open(invocation: Invocation) -> Display:
    """To the asker only."""
    return Display("incidents")
