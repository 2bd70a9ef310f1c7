"""`/maintenance tick`: tick an item of a maintenance's checklists."""

from typing import Annotated, cast, get_args

from model.language.declare import Kind, command
from model.language.parameters import Numbered, OneOf
from model.maintenance.checklist import Item
from model.maintenance.decide import tick as decide
from model.world import Ask, Upkeep


@command(
    "maintenance tick",
    "Tick an item of a maintenance's checklists",
    Kind.MAINTENANCE,
    examples=("backup MNT-1",),
    form=False,
)
def tick(
    ask: Ask,
    item: Annotated[str, OneOf("ITEM", "an item of the checklists", get_args(Item))],
    maintenance: Annotated[str | None, Numbered("MNT-…", "which one, such as MNT-1", "MNT")] = None,
) -> Upkeep:
    """The completion notice ticks itself."""
    found = ask.maintenance
    return Upkeep(found.id, found.service, found, decide(found, cast(Item, item)))
