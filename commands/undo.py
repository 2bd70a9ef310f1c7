"""`/undo`: take an operation back, unless someone changed the target since."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.operations.decide import undo as check
from model.outcomes import ProposeChange
from model.refusal import Refused


@command(
    "undo",
    "Take an operation back",
    Kind.OPERATION,
    examples=("OP-17",),
    explains="Without an id it is the last one in this channel. It is planned and confirmed like any change.",
    form=False,
)
def undo(
    invocation: Invocation,
    operation: Annotated[str | None, IdParameter("OPERATION", "such as OP-17", "OP")] = None,
) -> ProposeChange:
    """The inverse of what was done, as a change of its own. Raises Refused when there is none."""
    check(invocation.operation, invocation.world.now)
    return inverse_of(invocation)


def inverse_of(invocation: Invocation) -> ProposeChange:
    """What takes the operation back, as a change of its own. Raises Refused where the service is gone."""
    last = invocation.operation
    assert last.plan is not None and last.plan.inverse is not None
    service = invocation.world.catalog.service(last.service)
    if service is None:
        raise Refused(f"`{last.service}` is no longer in the catalog.", "Put it back to undo.")
    return ProposeChange(service, last.plan.inverse, undoes=last.id)
