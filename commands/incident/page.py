"""`/incident page`: page a team through PagerDuty."""

from dataclasses import dataclass
from typing import Annotated

from model.context import Invocation
from model.incidents.lifecycle import page as decide
from model.language.declare import Kind, command
from model.language.parameters import IdParameter, Name, ParseContext, PersonParameter, Text
from model.outcomes import UpdateIncident
from model.people import Person


@dataclass(frozen=True)
class TeamOrPerson(Name):
    """A person as Slack writes a mention, else the handle of a group."""

    label: str = "TEAM|@PERSON"
    hint: str = "a group of the catalog, such as architect-oncall, or a person"

    def read(self, word: str, setting: ParseContext) -> str | Person:
        person = PersonParameter()
        if word.startswith("<@") or word.casefold() in {"me", "@me"}:
            return person.read(word, setting)
        return super().read(word.removeprefix("@"), setting)

    def write(self, value: str | Person) -> str:
        return value.mention if isinstance(value, Person) else value


@command(
    "incident page",
    "Page a team or a person",
    Kind.INCIDENT,
    examples=("architect-oncall", "@ana", "operators The database does not answer"),
    explains="A team is a group of the catalog; its alert ends with the incident. A person is told here.",
    also=("call", "alert", "notify"),
)
def page(
    invocation: Invocation,
    team: Annotated[str | Person, TeamOrPerson()],
    text: Annotated[str, Text("TEXT", "what they should know")] = "",
    *,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Paging twice is one alert."""
    found = invocation.incident
    return UpdateIncident(found.id, found, decide(found, team, text, invocation.world.catalog.people.groups))
