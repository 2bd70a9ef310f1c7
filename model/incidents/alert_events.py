"""Alerts that belong to an incident: linked by a person, followed by Muster."""

from typing import Literal

from model.value import Value


class AlertLinked(Value):
    """Someone said that an alert is of this incident. alert: `ALR-3`. source: the tool that it is from."""

    type: Literal["incident.alert_linked"] = "incident.alert_linked"
    alert: str
    title: str
    source: str
    url: str = ""
    is_firing: bool = True


class AlertChanged(Value):
    """A linked alert is over, or fires again."""

    type: Literal["incident.alert_changed"] = "incident.alert_changed"
    alert: str
    is_firing: bool


def changed(known: tuple[AlertLinked, ...], event: AlertLinked | AlertChanged) -> tuple[AlertLinked, ...]:
    """What is known of every linked alert, with this; one that is linked twice stands once."""
    if isinstance(event, AlertLinked):
        return (*(one for one in known if one.alert != event.alert), event)
    return tuple(
        one.model_copy(update={"is_firing": event.is_firing}) if one.alert == event.alert else one
        for one in known
    )


def said_of(event: AlertLinked | AlertChanged) -> str:
    """The line of the timeline."""
    match event:
        case AlertLinked():
            how = "" if event.is_firing else ", which is over"
            return f"Alert {event.alert} of {event.source} is linked{how}: {event.title}"
        case AlertChanged():
            return f"Alert {event.alert} {'fires again' if event.is_firing else 'is over'}"
