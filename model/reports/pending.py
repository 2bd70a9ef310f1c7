"""A report that somebody asked for, kept until it is answered, so that none is lost in a crash."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from model.events import Event, RecordedEvent
from model.people import Person
from model.value import Value


class ReportAsked(Value):
    """Incidents declared since a moment (UTC), of a system or of all. `line`: what was typed."""

    type: Literal["report.asked"] = "report.asked"
    since: AwareDatetime
    system: str = ""
    line: str
    channel: str
    thread_ts: str = ""


class PendingReport(Value):
    """One report as it was asked for."""

    id: str
    asked: ReportAsked
    by: Person
    at: datetime
    version: int


def to_event(asked: ReportAsked) -> Event:
    """The journal's form."""
    return Event(type=asked.type, data=asked.model_dump(mode="json", exclude={"type"}))


def fold(records: Iterable[RecordedEvent], start: PendingReport | None = None) -> PendingReport | None:
    """The report behind an `rpt:` stream."""
    for record in records:
        if record.type == "report.asked":
            start = PendingReport(
                id=record.stream.split(":", 1)[1],
                asked=ReportAsked.model_validate(record.data),
                by=Person(team=record.who.team, user=record.who.user),
                at=record.at,
                version=record.version,
            )
    return start
