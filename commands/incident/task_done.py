"""`/incident task-done`: a task is done."""

from typing import Annotated

from model.context import Invocation
from model.incidents.tasks import done
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, IntegerParameter
from model.outcomes import UpdateIncident


@command(
    "incident task-done",
    "Tick a task off",
    Kind.INCIDENT,
    examples=("2",),
    explains="By whoever did it, after the end of the incident too.",
)
def task_done(
    invocation: Invocation,
    number: Annotated[int, IntegerParameter("N", "the task's number", 1)],
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Raises Refused for one that there is not."""
    found = invocation.incident
    return UpdateIncident(found.id, found, done(found, number))
