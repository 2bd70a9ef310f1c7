"""Under which keys, and where, an incident's messages stand."""

from model.incidents.state import Incident


def home(incident: Incident) -> str:
    """Where the incident's messages go; without a channel of its own, where it was declared."""
    return incident.channel or incident.asked_in


def headline_key(incident: Incident) -> str:
    """One headline a channel: it moves when the incident's own channel comes late."""
    return f"inc:{incident.id}:headline:{home(incident)}"


def announce_key(incident: Incident) -> str:
    """The one message in #incidents; its updates stand in its thread."""
    return f"inc:{incident.id}:announce"


def event_key(incident: Incident, number: int) -> str:
    """The message that an event has in the incident's own channel."""
    return f"inc:{incident.id}:{number}"
