"""`/incident list`: open incidents, the worst first."""

from model.language.declare import Kind, command
from model.world import Ask, Show


@command("incident list", "List open incidents", Kind.LOOK, form=False)
def list_open(ask: Ask) -> Show:
    """To the asker only."""
    return Show("incidents")
