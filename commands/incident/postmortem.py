"""`/incident postmortem`: the document that the timeline makes, to be filled in and kept."""

from typing import Annotated

from model.context import Invocation
from model.incidents.events import PostmortemDrafted, to_event
from model.language.declare import Kind, command
from model.language.parameters import IdParameter
from model.outcomes import UpdateIncident


@command(
    "incident postmortem",
    "Draft the post-mortem from the timeline",
    Kind.INCIDENT,
    examples=("incident=INC-42",),
    form=False,
    also=("retro", "retrospective", "post-mortem", "review"),
)
def postmortem(
    invocation: Invocation,
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """A Markdown file in the incident's channel; drafted again it has what happened since."""
    found = invocation.incident
    return UpdateIncident(found.id, found, (to_event(PostmortemDrafted()),))
