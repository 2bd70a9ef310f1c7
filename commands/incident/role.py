"""`/incident role`: give a role to a person."""

from typing import Annotated, cast

from model.incidents.events import Role
from model.incidents.lifecycle import assign
from model.language.declare import Kind, command
from model.language.parameters import APerson, Numbered, OneOf
from model.world import Ask, Tend


@command(
    "incident role",
    "Give a role to a person",
    Kind.INCIDENT,
    examples=("ic @ana",),
    explains=(
        "Anyone may lead an incident. Its commander may change the service without further approval if "
        "they are an incident commander, operator, owner or on call, or if one of these gave them the role."
    ),
)
def role(
    ask: Ask,
    role: Annotated[str, OneOf("ROLE", "ic, comms or scribe", ("ic", "comms", "scribe"))],
    person: APerson,
    *,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Tend:
    """The one who had it no longer has it."""
    found = ask.incident
    return Tend(found.id, found, assign(found, cast(Role, role), person, ask.person))
