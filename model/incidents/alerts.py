"""Linking an alert to an incident."""

from model.alerts.state import Alert
from model.events import Event
from model.incidents.alert_events import AlertLinked
from model.incidents.events import to_event
from model.incidents.lifecycle import must_be_open
from model.incidents.state import Incident
from model.refusal import Refused
from model.slash import slash


def link(incident: Incident, id: str, alert: Alert | None) -> tuple[Event, ...]:
    """Raises Refused for an incident that is over, an alert that there is not, or one that is linked."""
    must_be_open(incident)
    if any(one.alert == id for one in incident.alerts):
        raise Refused(f"{id} is linked to {incident.id} already.")
    return linked(id, alert)


def linked(id: str, alert: Alert | None) -> tuple[Event, ...]:
    """The event of an alert. Raises Refused where there is none of that id."""
    if alert is None:
        raise Refused(f"There is no alert {id}.", f"Type {slash('alert list')} to see those that fire.")
    said = alert.said
    event = AlertLinked(
        alert=id, title=said.title, source=said.source, url=said.url, is_firing=alert.is_firing
    )
    return (to_event(event),)
