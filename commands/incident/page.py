"""`/incident page`: page a team through PagerDuty."""

from typing import Annotated

from model.incidents.lifecycle import page as decide
from model.language.declare import Kind, command
from model.language.parameters import Name, Numbered, Text
from model.world import Ask, Tend


@command(
    "incident page",
    "Page a team",
    Kind.INCIDENT,
    examples=("architect-oncall", "operators The database does not answer"),
    explains="A team is a group of the catalog. Its alert is resolved with the incident.",
)
def page(
    ask: Ask,
    team: Annotated[str, Name("TEAM", "a group of the catalog, such as architect-oncall")],
    text: Annotated[str, Text("TEXT", "what they should know")] = "",
    *,
    incident: Annotated[str | None, Numbered("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> Tend:
    """Paging twice is one alert."""
    found = ask.incident
    return Tend(found.id, found, decide(found, team, text, ask.world.catalog.people.groups))
