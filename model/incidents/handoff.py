"""What may be done about handing over the lead."""

from model.events import Event
from model.incidents.events import RoleAssigned, to_event
from model.incidents.handoff_events import Handoff, HandoffDeclined, HandoffOffered
from model.incidents.lifecycle import must_be_open, one_line
from model.incidents.state import Incident
from model.people import Person
from model.refusal import Refused
from model.slash import slash


def offer(incident: Incident, person: Person, by: Person, text: str) -> tuple[Event, ...]:
    """Raises Refused for an incident that is over, that nobody leads, or that this person leads."""
    must_be_open(incident)
    if incident.ic is None:
        raise Refused(
            f"Nobody leads {incident.id}, so there is nothing to hand over.",
            f"Give the role at once: {slash('incident role')} ic @PERSON",
        )
    if incident.ic == person:
        raise Refused(f"{person.mention} leads {incident.id} already.")
    if incident.ic != by:
        raise Refused(
            f"{incident.ic.mention} leads {incident.id}, and hands it over themselves.",
            f"Where they cannot, give the role: {slash('incident role')} ic {person.mention}",
        )
    return (to_event(HandoffOffered(person=person, text=one_line(text))),)


def accept(incident: Incident, person: Person) -> tuple[Event, ...]:
    """The role is from the hands of who offered it. Raises Refused for what is not theirs to take."""
    found = _open(incident, person)
    return (to_event(RoleAssigned(role="ic", person=person, handed_by=found.by)),)


def decline(incident: Incident, person: Person, text: str) -> tuple[Event, ...]:
    """Raises Refused for what was not offered to them."""
    _open(incident, person)
    return (to_event(HandoffDeclined(text=one_line(text))),)


def _open(incident: Incident, person: Person) -> Handoff:
    must_be_open(incident)
    found = incident.handoff
    if found is None or not found.is_open:
        raise Refused(f"The lead of {incident.id} is not offered to anybody now.")
    if found.person != person:
        raise Refused(
            f"The lead of {incident.id} is offered to {found.person.mention}, who alone can take it.",
            f"To give it to another person, type {slash('incident role')} ic @PERSON",
        )
    return found
