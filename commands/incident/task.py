"""`/incident task`: what is to be done, by whom, until when."""

import re
from dataclasses import dataclass
from typing import Annotated

from model.context import Invocation
from model.incidents.tasks import LONGEST, add
from model.language.declare import Kind, command
from model.language.moment import FutureTime, When
from model.language.parameters import IdParameter, ParseContext, PersonParameter, Text
from model.outcomes import UpdateIncident
from model.people import Person


@dataclass(frozen=True)
class Due(FutureTime):
    """Also `2h`, and `14:30` (UTC) for the next time that it is so late."""

    label: str = "2h|HH:MM"
    hint: str = "2h, 14:30 or tomorrow-09:00, in UTC"

    def read(self, word: str, setting: ParseContext) -> When:
        said = word.strip()
        if re.fullmatch(r"\d{1,4}\s?[smhd]", said, re.IGNORECASE):
            return super().read(f"+{said}", setting)
        if re.fullmatch(r"\d{1,2}[:.]\d{2}", said):
            return super().read(f"today-{said}", setting)
        return super().read(word, setting)


@command(
    "incident task",
    "Say what is to be done, by whom, until when",
    Kind.INCIDENT,
    examples=("Ask the bank whether payments fail @ana due=30m", "Check the backups owner=@ana"),
    explains="Whoever has it is told, and reminded once when it is due. `incident tasks` shows all.",
    also=("todo", "action", "followup", "assign-task"),
)
def task(
    invocation: Invocation,
    text: Annotated[str, Text("TEXT", "what is to be done; a person at the end is who does it", LONGEST)],
    *,
    owner: Annotated[Person | None, PersonParameter()] = None,
    due: Annotated[When | None, Due()] = None,
    incident: Annotated[str | None, IdParameter("INC-…", "which incident, such as INC-42", "INC")] = None,
) -> UpdateIncident:
    """Raises Refused for an incident that is over."""
    found = invocation.incident
    events = add(found, invocation.world.now, text, owner, due, invocation.person.team)
    return UpdateIncident(found.id, found, events)
