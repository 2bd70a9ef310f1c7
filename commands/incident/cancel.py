"""`/incident cancel`: it was declared by mistake."""

from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import cancel as decide
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, Text
from model.outcomes import UpdateIncident


@command(
    "incident cancel",
    "End what was declared by mistake",
    Kind.INCIDENT,
    examples=("It was planned work",),
    explains="It is told as cancelled, not as resolved, and asks for no post-mortem. It can be reopened.",
    also=("delete", "remove", "abort", "decline"),
)
def cancel(
    invocation: Invocation,
    text: Annotated[str, Text("TEXT", "why it was no incident", 2000)],
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """The pager's alert ends, plans that have not begun are dropped, as with a resolved one."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, text, "cancelled"))
