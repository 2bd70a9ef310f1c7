"""`/maintenance list`: what is planned and what runs."""

from model.language.declare import Kind, command
from model.world import Ask, Show


@command("maintenance list", "List planned and running maintenances", Kind.LOOK, form=False)
def list_planned(ask: Ask) -> Show:
    """To the asker only."""
    return Show("maintenances")
