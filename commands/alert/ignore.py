"""`/alert ignore`: hear nothing of an alert for a while."""

from datetime import timedelta
from typing import Annotated

from model.alerts.events import Ignored, to_event
from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import Duration, IdParameter
from model.outcomes import Administer
from model.refusal import Refused

LONGEST = timedelta(days=7)


@command(
    "alert ignore",
    "Hear nothing of an alert for a while",
    Kind.INCIDENT,
    examples=("ALR-3", "ALR-3 4h"),
    explains="For an hour, or as long as you say. If it still fires then, it is told anew.",
    form=False,
)
def ignore(
    invocation: Invocation,
    alert: Annotated[str, IdParameter("ALR-…", "which alert, such as ALR-3", "ALR")],
    length: Annotated[timedelta, Duration("DURATION", "1h or 2d", LONGEST)] = timedelta(hours=1),
) -> Administer:
    """Raises Refused for one that is over."""
    found = invocation.alert
    if not found.is_firing:
        raise Refused(f"{alert} is over, so there is nothing to ignore.")
    until = invocation.world.now + length
    says = f"{alert} is ignored until {until:%F %H:%M} UTC; everybody sees so on its message."
    return Administer(found.stream, to_event(Ignored(until=until)), says)
