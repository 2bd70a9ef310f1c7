"""`/restart`: every task or pod replaced by a fresh one of the same version."""

from typing import Annotated

from model.change import Restart
from model.language.declare import Kind, command
from model.language.parameters import AService, Switch
from model.world import Ask, Propose


@command(
    "restart",
    "Replace every task or pod by a fresh one",
    Kind.CHANGE,
    examples=("architect-api", "miyabi-dev because stuck connections"),
    explains="The version stays the same. --hard deletes and creates again, keeping manifest and revisions.",
)
def restart(
    ask: Ask, service: AService, *, hard: Annotated[bool, Switch("hard", "delete and create again")] = False
) -> Propose:
    """A rolling restart unless `--hard`."""
    return Propose(service, Restart(hard=hard))
