"""`/ops run`: confirm a plan; what its Run button says."""

from typing import Annotated

from model.language.declare import Kind, command
from model.language.parameters import Name, Numbered
from model.operations.decide import confirm
from model.world import Ask, Press


@command("run", "Run a plan that is shown", Kind.OPERATION, examples=("OP-17",), form=False)
def run(
    ask: Ask,
    operation: Annotated[str, Numbered("OPERATION", "such as OP-17", "OP")],
    name: Annotated[str, Name("SERVICE", "the service's name once more, for changes of tier R3")] = "",
) -> Press:
    """Bound to the plan that was shown; a target that moved since gets a new plan instead."""
    found = ask.operation
    return Press(found, (confirm(found, ask.world.now, ask.request.because, name),))
