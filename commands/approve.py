"""`/ops approve`: agree to another person's plan; what its Approve button says."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.operations.decide import approve as decide
from model.outcomes import UpdateOperation


@command("approve", "Approve another person's plan", Kind.OPERATION, examples=("OP-17",), form=False)
def approve(
    invocation: Invocation, operation: Annotated[str, IdParameter("OPERATION", "such as OP-17", "OP")]
) -> UpdateOperation:
    """Bound to the plan's fingerprint and to the policies it was judged by."""
    found = invocation.operation
    return UpdateOperation(found, (decide(found, invocation.person, invocation.world.now),))
