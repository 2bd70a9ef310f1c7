"""`/ops run`: confirm a plan; what its Run button says."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, Name
from model.operations.decide import confirm
from model.outcomes import UpdateOperation


@command("run", "Run a plan that is shown", Kind.OPERATION, examples=("OP-17",), form=False)
def run(
    invocation: Invocation,
    operation: Annotated[str, IdParameter("OPERATION", "such as OP-17", "OP")],
    name: Annotated[str, Name("SERVICE", "the service's name, or a count, once more if Run asks")] = "",
) -> UpdateOperation:
    """Bound to the plan that was shown; a target that moved since gets a new plan instead."""
    found = invocation.operation
    return UpdateOperation(found, (confirm(found, invocation.world.now, invocation.request.because, name),))
