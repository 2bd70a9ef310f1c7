"""`/incident page`: page a team through PagerDuty."""

from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import page as decide
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, Name, Text
from model.outcomes import UpdateIncident


@command(
    "incident page",
    "Page a team",
    Kind.INCIDENT,
    examples=("architect-oncall", "operators The database does not answer"),
    explains="A team is a group of the catalog. Its alert is resolved with the incident.",
    also=("call", "alert", "notify"),
)
def page(
    invocation: Invocation,
    team: Annotated[str, Name("TEAM", "a group of the catalog, such as architect-oncall")],
    text: Annotated[str, Text("TEXT", "what they should know")] = "",
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Paging twice is one alert."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, team, text, invocation.world.catalog.people.groups))
