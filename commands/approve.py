"""`/ops approve`: agree to another person's plan; what its Approve button says."""

from typing import Annotated

from model.language.declare import Kind, command
from model.language.parameters import Numbered
from model.operations.decide import approve as decide
from model.world import Ask, Press


@command("approve", "Approve another person's plan", Kind.OPERATION, examples=("OP-17",), form=False)
def approve(ask: Ask, operation: Annotated[str, Numbered("OPERATION", "such as OP-17", "OP")]) -> Press:
    """Bound to the plan's fingerprint and to the policies it was judged by."""
    found = ask.operation
    return Press(found, (decide(found, ask.person, ask.world.now),))
