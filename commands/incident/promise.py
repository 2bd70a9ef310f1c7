"""`/incident promise`: say when people hear again, without an update."""

from datetime import timedelta
from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import promise as decide
from model.language.declare import Kind, command
from model.language.parameters import Duration, IdParameter
from model.outcomes import UpdateIncident


@command(
    "incident promise",
    "Promise the next update, or put it off",
    Kind.INCIDENT,
    examples=("10m", "none"),
    explains="From now on; none takes the promise back.",
    also=("snooze", "remind", "next"),
)
def promise(
    invocation: Invocation,
    next: Annotated[timedelta, Duration("DURATION", "10m or 1h, or none", may_be_none=True)],
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """The reminder comes before the new time."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, invocation.world.now, next))
