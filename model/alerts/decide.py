"""What a notice makes of an alert: nothing where it says nothing new."""

from datetime import datetime

from model.alerts.events import AlertEvent, Fired, Resolved, Returned
from model.alerts.notice import AlertNotice
from model.alerts.state import Alert

_UNTOLD = {"labels", "since", "quiet"}
"""What is not told: where only these differ, nothing is written."""


def noticed(alert: Alert | None, notice: AlertNotice, id: str, quiet: str) -> AlertEvent | None:
    """The event, if any. id: for an alert that is new. quiet: the maintenance of its service, if one runs.

    What was never known to fire is not told to be over.
    """
    if not notice.is_firing:
        return Resolved() if alert is not None and alert.is_firing else None
    facts = notice.model_dump(exclude={"key"})
    said = Fired(id=alert.id if alert else id, key=notice.digest, quiet=quiet, **facts)
    is_news = alert is None or not alert.is_firing or _told(alert.said) != _told(said)
    return said if is_news else None


def _told(said: Fired) -> dict[str, object]:
    return said.model_dump(exclude=_UNTOLD)


def returned(alert: Alert, now: datetime) -> Returned | None:
    """Whether it is told anew, as it was ignored for a while and still fires."""
    if alert.ignored_until is None or now < alert.ignored_until or not alert.is_firing:
        return None
    return Returned(after="ignored") if not alert.quiet else None


def released(alert: Alert, maintenance: str) -> Returned | None:
    """Whether it is told now that the maintenance is over in which it was kept quiet."""
    is_waiting = alert.is_firing and alert.quiet == maintenance
    return Returned(after="maintenance") if is_waiting else None
