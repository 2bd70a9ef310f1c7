"""`/runbook tick`: a step that Muster does not run is done."""

from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, IntegerParameter
from model.outcomes import UpdateRunbookRun
from model.refusal import Refused
from model.runbooks.events import Stepped


@command("runbook tick", "Tick a step of an open runbook", Kind.LOOK, examples=("RB-1 2",), form=False)
def tick(
    invocation: Invocation,
    guide: Annotated[str, IdParameter("RUNBOOK", "an open runbook, such as RB-1", "RB")],
    step: Annotated[int, IntegerParameter("STEP", "its number", 1, 99)],
) -> UpdateRunbookRun:
    """For what is read or copied; what a step runs ticks itself."""
    found = invocation.guide
    if found.step(step).run:
        raise Refused(f"Step {step} of {found.id} is ticked when it is run.", "Press its Run button.")
    if found.last_taken(step) is not None:
        raise Refused(f"Step {step} of {found.id} is ticked already.")
    return UpdateRunbookRun(found.id, found, (Stepped(step=step),))
