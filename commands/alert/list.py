"""`/alert list`: the alerts that fire."""

from model.context import Invocation
from model.language.declare import Kind, command
from model.outcomes import Display


@command("alert list", "List the alerts that fire", Kind.LOOK, form=False)
def list_firing(invocation: Invocation) -> Display:
    """To the asker only, the newest first."""
    return Display("alerts")
