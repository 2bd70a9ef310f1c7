"""`/ops trust`: say which Slack group a group of the catalog is from now on."""

from typing import Annotated

from commands.admin.parameters import GroupNamed, SourceNamed
from model.groups.events import STREAM, Source, Trusted, to_event
from model.language.declare import Kind, command
from model.world import Administer, Ask


@command(
    "trust",
    "Say which Slack group a group of the catalog is from now on",
    Kind.ADMIN,
    examples=("operators S012AB3CD", "operators catalog"),
    explains=(
        "A group is who it was when Muster first saw it, by its id. When another group takes its name, or "
        "it is gone, that is told, and counts for nobody until an operator says that it is meant."
    ),
    form=False,
)
def trust(
    ask: Ask,
    group: Annotated[str, GroupNamed()],
    source: Annotated[Source, SourceNamed()],
) -> Administer:
    """What was told is named again, so that nothing else is trusted than what was looked at."""
    event = to_event(Trusted(handle=group, source=source))
    return Administer(STREAM, event, f"Taken: @{group} is {source.typed} from now on.")
