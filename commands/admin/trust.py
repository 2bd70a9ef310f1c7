"""`/ops trust`: say which Slack group a group of the catalog is from now on."""

from typing import Annotated

from commands.admin.parameters import GroupNamed, SourceNamed
from model.context import CommandContext, Invocation
from model.groups.events import STREAM, Source, Trusted, to_event
from model.language.declare import Kind, command
from model.outcomes import Administer
from model.refusal import Refused
from model.slash import slash


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
    invocation: Invocation,
    group: Annotated[str, GroupNamed()],
    source: Annotated[Source, SourceNamed()],
) -> Administer:
    """What was told is named again, so that nothing else is trusted than what was looked at."""
    _must_be_there(group, source, invocation.world)
    event = to_event(Trusted(handle=group, source=source))
    return Administer(STREAM, event, f"Taken: @{group} is {source.typed} from now on.")


def _must_be_there(handle: str, source: Source, world: CommandContext) -> None:
    """A slip of the finger would take everybody's rights away. Raises Refused."""
    now = world.listed.get(handle)
    instead = f"Type {slash('ops trust')} {handle} {now}" if now else f"Slack has no group @{handle} now."
    if source.kind == "slack" and source.id not in world.listed.values():
        raise Refused(f"Slack has no group `{source.id}` now. Nothing was changed.", instead)
    if source.kind == "nobody" and now:
        raise Refused(f"@{handle} is the group `{now}` in Slack. Nothing was changed.", instead)
    fact = world.catalog.people.groups.get(handle)
    if source.kind == "catalog" and not (fact and fact.members):
        raise Refused(f"The catalog lists nobody in @{handle}. Nothing was changed.", instead)
