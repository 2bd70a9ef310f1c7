"""`/maintenance list`: what is planned and what runs."""

from model.context import Invocation
from model.language.declare import Kind, command
from model.outcomes import Display


@command("maintenance list", "List planned and running maintenances", Kind.LOOK, form=False)
def list_planned(invocation: Invocation) -> Display:
    """To the asker only."""
    return Display("maintenances")
