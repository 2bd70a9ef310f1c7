"""An alert as its events leave it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from model.alerts import events as happened
from model.events import RecordedEvent
from model.people import Person

FLAPS_WITHIN = timedelta(hours=1)
"""It comes back on its own message when it was over for less long; else it is told anew."""


class Alert(BaseModel):
    """Times are UTC; `version` is the stream's. episode: counts its messages, each told anew.

    times: how often it fired in this episode. fired_at: when this firing came in.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    said: happened.Fired
    is_firing: bool = True
    episode: int = 1
    times: int = 1
    fired_at: datetime
    resolved_at: datetime | None = None
    ignored_until: datetime | None = None
    ignored_by: Person | None = None
    incident: str = ""
    quiet: str = ""
    version: int = 0

    @property
    def stream(self) -> str:
        """Where its events are kept."""
        return f"alr:{self.id}"

    @property
    def began_at(self) -> datetime:
        """When it began, by the tool's clock where that says so."""
        since = self.said.since
        return min(since, self.fired_at) if since else self.fired_at

    def is_ignored(self, now: datetime) -> bool:
        """Whether somebody wants to hear nothing of it now."""
        return self.ignored_until is not None and now < self.ignored_until


def fold(records: Iterable[RecordedEvent], start: Alert | None = None) -> Alert | None:
    """The alert after these records, in order; None when there are none.

    Raises ValueError for a stream that does not begin with its firing.
    """
    found = start
    for record in records:
        event = happened.from_recorded(record)
        if found is None:
            if not isinstance(event, happened.Fired):
                raise ValueError(f"{record.stream} does not begin with alert.fired")
            found = Alert(id=event.id, said=event, fired_at=record.at, quiet=event.quiet)
        else:
            found = found.model_copy(update=_changes(found, event, record))
        found = found.model_copy(update={"version": record.version})
    return found


def _changes(alert: Alert, event: happened.AlertEvent, record: RecordedEvent) -> dict[str, Any]:
    match event:
        case happened.Fired():
            return _fired(alert, event, record.at)
        case happened.Resolved():
            return {"is_firing": False, "resolved_at": record.at}
        case happened.Ignored():
            by = Person(team=record.who.team, user=record.who.user)
            return {"ignored_until": event.until, "ignored_by": by}
        case happened.Linked():
            return {"incident": event.incident}
        case happened.Returned():
            return {"episode": alert.episode + 1, "ignored_until": None, "quiet": "", "times": 1}


def _fired(alert: Alert, event: happened.Fired, at: datetime) -> dict[str, Any]:
    """Another firing, or the same one with more or fewer alerts in it."""
    if alert.is_firing:
        return {"said": event, "quiet": event.quiet if alert.quiet else ""}
    over_at = alert.resolved_at or at
    changed: dict[str, Any] = {"said": event, "is_firing": True, "fired_at": at, "quiet": event.quiet}
    if at - over_at < FLAPS_WITHIN:
        return {**changed, "times": alert.times + 1}
    anew = {"episode": alert.episode + 1, "times": 1, "incident": "", "ignored_until": None}
    return {**changed, **anew}
