"""`/ops help`: what the asker may type here."""

from model.context import Invocation
from model.language.declare import Kind, command
from model.outcomes import Display


@command("help", "What you may type", Kind.META, form=False)
def show_help(invocation: Invocation) -> Display:
    """Only commands that the policies let the asker run somewhere."""
    return Display("help")
