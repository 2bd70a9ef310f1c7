"""`/ops help`: what the asker may type here, by task, in full, or of one command."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import Text
from model.outcomes import Display


@command(
    "help",
    "What you may type: by task, all of it, or one command",
    Kind.META,
    examples=("scale", "all"),
    form=False,
)
def show_help(
    invocation: Invocation,
    about: Annotated[str, Text("COMMAND", "a command, such as scale, or all", 60)] = "",
) -> Display:
    """Only commands that the policies let the asker run somewhere."""
    return Display("help", about=about)
