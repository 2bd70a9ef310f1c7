"""`/incident tick`: tick an item of the incident's checklist."""

from typing import Annotated, cast, get_args

from model.incidents.events import Item
from model.incidents.lifecycle import tick as decide
from model.language.declare import Kind, command
from model.language.parameters import Numbered, OneOf
from model.world import Ask, Tend


@command("incident tick", "Tick an item of the checklist", Kind.INCIDENT, examples=("mitigate",))
def tick(
    ask: Ask,
    item: Annotated[str, OneOf("ITEM", "an item of the checklist", get_args(Item))],
    *,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Tend:
    """Some items tick themselves: acknowledge, communicate, resolve."""
    found = ask.incident
    return Tend(found.id, found, decide(found, cast(Item, item)))
