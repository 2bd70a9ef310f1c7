"""Handing over the lead of an incident: offered by who has it, taken or not by whom it is offered to."""

from typing import Literal

from model.people import Person
from model.value import Value


class HandoffOffered(Value):
    """Whoever leads offers it; they lead until it is taken. text: what they say beside the facts."""

    type: Literal["incident.handoff_offered"] = "incident.handoff_offered"
    person: Person
    text: str = ""


class HandoffDeclined(Value):
    """Whom it was offered to does not take it."""

    type: Literal["incident.handoff_declined"] = "incident.handoff_declined"
    text: str = ""


class Handoff(Value):
    """An offer as it stands. by: who made it. number: of its event, whose message it has."""

    person: Person
    by: Person
    text: str = ""
    number: int
    outcome: Literal["offered", "accepted", "declined", "withdrawn"] = "offered"
    why: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it can be taken."""
        return self.outcome == "offered"


def offered(known: Handoff | None, event: HandoffOffered, by: Person, number: int) -> Handoff:
    """The offer; one that is open to the same person is renewed where it stands."""
    is_same = known is not None and known.is_open and (known.person, known.by) == (event.person, by)
    return Handoff(
        person=event.person, by=by, text=event.text, number=known.number if known and is_same else number
    )


def ended(known: Handoff | None, leads: Person | None) -> Handoff | None:
    """What becomes of an offer when somebody leads from now on; None: the incident is over."""
    if known is None or not known.is_open:
        return known
    return known.model_copy(update={"outcome": "accepted" if leads == known.person else "withdrawn"})


def said_of(event: HandoffOffered | HandoffDeclined) -> str:
    """The line of the timeline."""
    match event:
        case HandoffOffered():
            said = f": {event.text}" if event.text else ""
            return f"The lead is offered to {event.person.mention}{said}"
        case HandoffDeclined():
            return f"The lead was not taken{f': {event.text}' if event.text else ''}"
