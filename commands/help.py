"""`/ops help`: what the asker may type here."""

from model.language.declare import Kind, command
from model.world import Ask, Show


@command("help", "What you may type", Kind.META, form=False)
def show_help(ask: Ask) -> Show:
    """Only commands that the policies let the asker run somewhere."""
    return Show("help")
