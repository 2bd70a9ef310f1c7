"""`/rollback`: back to a version that ran before."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, Revision
from model.outcomes import ProposeChange
from model.plan import Rollback


@command(
    "rollback",
    "Go back to a version that ran before",
    Kind.CHANGE,
    examples=("delivery-standard", "architect-api 7", "miyabi-api 13 because 5xx since 14:02"),
    explains="Without a version it is the one that ran before this one; /history SERVICE lists them.",
)
def rollback(
    invocation: Invocation, service: AService, version: Annotated[str | None, Revision()] = None
) -> ProposeChange:
    """The backend finds out what ran before; nothing is counted down from a number."""
    return ProposeChange(service, Rollback(version=version))
