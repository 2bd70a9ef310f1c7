"""`/incident catchup`: what somebody missed."""

from datetime import timedelta
from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import Duration, IdParameter
from model.outcomes import Display


@command(
    "incident catchup",
    "What happened since you were last here",
    Kind.LOOK,
    examples=("since=30m", "incident=INC-42"),
    explains="Since you last did something in the incident; who leads, what runs and what is promised.",
    form=False,
    also=("summary", "summarize", "tldr", "brief"),
)
def catchup(
    invocation: Invocation,
    *,
    since: Annotated[
        timedelta | None, Duration("30m", "how far back, instead of since you were here")
    ] = None,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Display:
    """To the asker only."""
    back = invocation.world.now - since if since else None
    return Display("catchup", invocation.incident, since=back, person=invocation.person)
