"""`/ops abort`: take a running operation back; what its Abort and undo button says."""

from typing import Annotated

from commands.undo import inverse_of
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.operations.decide import abort as check
from model.outcomes import ProposeChange


@command(
    "abort",
    "Take back an operation that is still running",
    Kind.OPERATION,
    examples=("OP-17",),
    explains="What undoes it is planned and confirmed like any change; its start ends the running one.",
    form=False,
)
def abort(
    invocation: Invocation, operation: Annotated[str, IdParameter("OPERATION", "such as OP-17", "OP")]
) -> ProposeChange:
    """The inverse of what is under way. Raises Refused for what is over or has not started."""
    check(invocation.operation, invocation.world.now)
    return inverse_of(invocation)
