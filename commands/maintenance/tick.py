"""`/maintenance tick`: tick an item of a maintenance's checklists."""

from typing import Annotated, cast, get_args

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, OneOf
from model.maintenance.checklist import Item
from model.maintenance.decide import tick as decide
from model.outcomes import UpdateMaintenance


@command(
    "maintenance tick",
    "Tick an item of a maintenance's checklists",
    Kind.MAINTENANCE,
    examples=("backup MNT-1",),
    form=False,
)
def tick(
    invocation: Invocation,
    item: Annotated[str, OneOf("ITEM", "an item of the checklists", get_args(Item))],
    maintenance: Annotated[str | None, IdParameter("MNT-…", "which one, such as MNT-1", "MNT")] = None,
) -> UpdateMaintenance:
    """The completion notice ticks itself."""
    found = invocation.maintenance
    return UpdateMaintenance(found.id, found.service, found, decide(found, cast(Item, item)))
