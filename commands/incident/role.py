"""`/incident role`: give a role to a person."""

from typing import Annotated, cast

from model.context import Invocation
from model.incidents.events import Role
from model.incidents.lifecycle import assign
from model.language.declare import Kind, command
from model.language.parameters import APerson, IdParameter, OneOf
from model.outcomes import UpdateIncident


@command(
    "incident role",
    "Give a role to a person",
    Kind.INCIDENT,
    examples=("ic @ana",),
    also=("assign", "lead", "commander", "roles"),
    explains=(
        "Anyone may lead an incident. Its commander may change the service without further approval if "
        "they are an incident commander, operator, owner or on call, or if one of these gave them the role."
    ),
)
def role(
    invocation: Invocation,
    role: Annotated[str, OneOf("ROLE", "ic, comms or scribe", ("ic", "comms", "scribe"))],
    person: APerson,
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """The one who had it no longer has it."""
    found = invocation.incident
    return UpdateIncident(found.id, found, assign(found, cast(Role, role), person, invocation.person))
