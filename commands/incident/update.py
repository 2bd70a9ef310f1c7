"""`/incident update`: tell people how it stands, in the service's own template."""

from datetime import timedelta
from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import update as decide
from model.incidents.promise import must_be_newest, update_every
from model.language.declare import Kind, command
from model.language.parameters import Duration, IdParameter, IntegerParameter, Status, Text
from model.outcomes import UpdateIncident


@command(
    "incident update",
    "Tell people how an incident stands",
    Kind.INCIDENT,
    examples=("Identified Bad config in the last deploy next=30m", "Error rate is back under 1%"),
    explains="It is posted in the service's communication template. next=30m promises the next update.",
)
def update(
    invocation: Invocation,
    status: Annotated[str | None, Status()] = None,
    text: Annotated[str, Text("TEXT", "what is known now", 2000, needed=True)] = "",
    *,
    next: Annotated[
        timedelta | None, Duration("30m", "when people hear again, or none", may_be_none=True)
    ] = None,
    impact: Annotated[str, Text("TEXT", "what users notice", 500)] = "",
    affected: Annotated[str, Text("TEXT", "which endpoints or features", 500)] = "",
    actions: Annotated[str, Text("TEXT", "what is being done, one a line or between ;", 500)] = "",
    customers: Annotated[str, Text("TEXT", "estimated share of customers", 100)] = "",
    eta: Annotated[str, Text("TEXT", "expected time of resolution", 100)] = "",
    draft: Annotated[int | None, IntegerParameter("N", "the reminder that drafted it", 1)] = None,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Every update is its own post, because updates are the record."""
    found = invocation.incident
    if draft is not None:
        must_be_newest(found, draft)
    events = decide(
        found,
        invocation.world.now,
        text,
        status=status or "",
        next=next,
        every=update_every(invocation.world.catalog.by_system[found.system], found.severity),
        impact=impact,
        affected=affected,
        actions=[action for line in actions.splitlines() for action in line.split(";")],
        customers=customers,
        eta=eta,
    )
    return UpdateIncident(found.id, found, events)
