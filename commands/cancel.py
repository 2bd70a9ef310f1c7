"""`/ops cancel`: drop a plan before anything is done; what its Cancel button says."""

from typing import Annotated

from model.language.declare import Kind, command
from model.language.parameters import Numbered
from model.operations.decide import cancel as decide
from model.world import Ask, Press


@command("cancel", "Drop a plan before anything is done", Kind.OPERATION, examples=("OP-17",), form=False)
def cancel(ask: Ask, operation: Annotated[str, Numbered("OPERATION", "such as OP-17", "OP")]) -> Press:
    """Refused once calls have been made; undo is for that."""
    return Press(ask.operation, (decide(ask.operation, ask.request.because),))
