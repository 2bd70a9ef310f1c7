"""`/promote`: a rollout that waits for people goes on."""

from typing import Annotated

from model.changes import Promote
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, Flag
from model.outcomes import ProposeChange


@command(
    "promote",
    "Let a rollout go on that waits for people",
    Kind.CHANGE,
    examples=("architect-api because the canary is fine", "architect-api full because the fix of INC-42"),
    explains=(
        "For Argo Rollouts: the pause ends and the next step begins. full leaves out every step, pause and "
        "analysis that is left. What waits is never promoted by itself."
    ),
)
def promote(
    invocation: Invocation,
    service: AService,
    *,
    full: Annotated[bool, Flag("full", "leave out the steps that are left")] = False,
) -> ProposeChange:
    """The plan says which step it is at, and which comes."""
    return ProposeChange(service, Promote(full=full))
