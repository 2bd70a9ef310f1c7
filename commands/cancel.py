"""`/ops cancel`: drop a plan before anything is done; what its Cancel button says."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.operations.decide import cancel as decide
from model.outcomes import UpdateOperation


@command("cancel", "Drop a plan before anything is done", Kind.OPERATION, examples=("OP-17",), form=False)
def cancel(
    invocation: Invocation, operation: Annotated[str, IdParameter("OPERATION", "such as OP-17", "OP")]
) -> UpdateOperation:
    """Refused once calls have been made; undo is for that."""
    return UpdateOperation(invocation.operation, (decide(invocation.operation, invocation.request.because),))
