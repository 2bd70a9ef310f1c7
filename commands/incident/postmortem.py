"""`/incident postmortem`: the document that the timeline makes, to be filled in and kept."""

from typing import Annotated

from model.incidents.events import PostmortemDrafted, to_event
from model.language.declare import Kind, command
from model.language.parameters import Numbered
from model.world import Ask, Tend


@command(
    "incident postmortem",
    "Draft the post-mortem from the timeline",
    Kind.INCIDENT,
    examples=("incident=INC-42",),
    form=False,
)
def postmortem(
    ask: Ask,
    *,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Tend:
    """A Markdown file in the incident's channel; drafted again it has what happened since."""
    found = ask.incident
    return Tend(found.id, found, (to_event(PostmortemDrafted()),))
