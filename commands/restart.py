"""`/restart`: every task or pod replaced by a fresh one of the same version."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService, Flag
from model.outcomes import ProposeChange
from model.plan import Restart


@command(
    "restart",
    "Replace every task or pod by a fresh one",
    Kind.CHANGE,
    examples=("architect-api", "miyabi-dev because stuck connections"),
    explains="The version stays the same. --hard deletes and creates again, keeping manifest and revisions.",
)
def restart(
    invocation: Invocation,
    service: AService,
    *,
    hard: Annotated[bool, Flag("hard", "delete and create again")] = False,
) -> ProposeChange:
    """A rolling restart unless `--hard`."""
    return ProposeChange(service, Restart(hard=hard))
