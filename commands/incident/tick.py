"""`/incident tick`: tick an item of the incident's checklist."""

from typing import Annotated, cast, get_args

from model.context import Invocation
from model.incidents.events import Item
from model.incidents.lifecycle import tick as decide
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, OneOf
from model.outcomes import UpdateIncident


@command("incident tick", "Tick an item of the checklist", Kind.INCIDENT, examples=("mitigate",))
def tick(
    invocation: Invocation,
    item: Annotated[str, OneOf("ITEM", "an item of the checklist", get_args(Item))],
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Some items tick themselves: acknowledge, communicate, resolve."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, cast(Item, item)))
