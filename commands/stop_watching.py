"""`/ops stop-watching`: free an operation's target; what its Stop watching button says."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.operations.decide import stop_watching as decide
from model.outcomes import UpdateOperation


@command(
    "stop-watching",
    "Free the target of an operation that is still watched",
    Kind.OPERATION,
    examples=("OP-17",),
    explains="What it did stays; how it comes out is recorded as unknown.",
    form=False,
)
def stop_watching(
    invocation: Invocation, operation: Annotated[str, IdParameter("OPERATION", "such as OP-17", "OP")]
) -> UpdateOperation:
    """Only once all calls are made: between two of them nothing else may change the target."""
    return UpdateOperation(invocation.operation, (decide(invocation.operation, invocation.request.because),))
