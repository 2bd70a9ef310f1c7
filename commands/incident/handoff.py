"""`/incident handoff`: offer the lead to a person."""

from typing import Annotated

from model.context import Invocation
from model.incidents.handoff import offer
from model.language.declare import Kind, command
from model.language.parameters import APerson, IdParameter, Text
from model.outcomes import UpdateIncident


@command(
    "incident handoff",
    "Offer the lead to a person",
    Kind.INCIDENT,
    examples=("@ana The vendor calls back at 14:00",),
    explains="They are told how it stands, and lead once they accept; until then you do.",
    also=("handover", "hand-over", "transfer"),
)
def handoff(
    invocation: Invocation,
    person: APerson,
    text: Annotated[str, Text("TEXT", "what they should know beside the facts", 600)] = "",
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Raises Refused for who does not lead."""
    found = invocation.incident
    return UpdateIncident(found.id, found, offer(found, person, invocation.person, text))
