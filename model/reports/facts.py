"""What a report counts of one incident, read from its events."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from model.events import RecordedEvent
from model.incidents import events as happened
from model.value import Value


class PageFact(Value):
    """Somebody was paged. team: a handle; empty for whoever is on call for the service."""

    at: datetime
    team: str = ""


class IncidentFacts(Value):
    """One incident. severity: the worst it had; times are UTC and None where it did not come to that.

    began_at: the earliest moment that somebody noted, before the declaration. mitigated_at: the last status
    before the end, or the tick *Mitigate immediate impact*, whichever came first. in_time: acknowledged
    within the response time that held then; None without such a time, or while it runs.
    """

    id: str
    title: str
    system: str
    service: str
    severity: str
    rank: int
    declared_at: datetime
    began_at: datetime | None = None
    acknowledged_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    in_time: bool | None = None
    kept: int = 0
    broken: int = 0
    pages: tuple[PageFact, ...] = ()
    operations: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether it was not resolved."""
        return self.resolved_at is None


@dataclass
class _Story:
    """What is known while the events are gone through."""

    declared: happened.Declared
    at: datetime
    severity: str
    rank: int
    respond_by: datetime | None
    noted: dict[int, datetime] = field(default_factory=dict[int, datetime])
    acknowledged: datetime | None = None
    mitigated: datetime | None = None
    resolved: datetime | None = None
    in_time: bool | None = None
    promised: datetime | None = None
    kept: int = 0
    broken: int = 0
    pages: list[PageFact] = field(default_factory=list[PageFact])
    operations: dict[str, None] = field(default_factory=dict[str, None])

    def take(self, event: happened.IncidentEvent, at: datetime, number: int) -> None:
        """One event more; number: of its entry in the timeline."""
        match event:
            case happened.Acknowledged() if self.acknowledged is None:
                self.acknowledged = at
                self.in_time = at <= self.respond_by if self.respond_by else None
            case happened.SeverityChanged():
                self.respond_by = event.respond_by
                if event.rank < self.rank:
                    self.severity, self.rank = event.severity, event.rank
            case happened.Noted():
                self._noted(event, number)
            case happened.Ticked() if event.item == "mitigate":
                self.mitigated = self.mitigated or at
            case happened.StatusChanged() | happened.Updated():
                self._told(event, at)
            case happened.Resolved():
                self.resolved = at
                self._heard(at)
            case happened.Reopened():
                self.resolved = self.mitigated = None
            case happened.Paged():
                self.pages.append(PageFact(at=at, team=event.team))
            case happened.PageTaken() if event.is_own:
                self.pages.append(PageFact(at=at))
            case happened.OperationLinked():
                self.operations[event.operation] = None
            case _:
                pass

    def _noted(self, event: happened.Noted, number: int) -> None:
        """What began before it was declared, as it stands now: a corrected entry tells nothing any more."""
        self.noted.pop(event.corrects, None)
        if event.at is not None and event.at < self.at and not event.removes:
            self.noted[number] = event.at

    def _told(self, event: happened.StatusChanged | happened.Updated, at: datetime) -> None:
        statuses = [one.casefold() for one in self.declared.statuses]
        if len(statuses) > 2 and event.status.casefold() == statuses[-2]:
            self.mitigated = self.mitigated or at
        if isinstance(event, happened.Updated):
            self._heard(at)
            self.promised = event.next_update_at

    def _heard(self, at: datetime) -> None:
        """People are told something: what was promised before is kept or broken by now."""
        if self.promised is not None:
            self.kept += at <= self.promised
            self.broken += at > self.promised
        self.promised = None


def facts_of(records: Sequence[RecordedEvent], now: datetime) -> IncidentFacts | None:
    """The facts behind an `inc:` stream; None for an empty one.

    Raises Refused or pydantic.ValidationError for what this version cannot read, ValueError for a stream
    that does not begin with its declaration.
    """
    if not records:
        return None
    first = happened.from_recorded(records[0])
    if not isinstance(first, happened.Declared):
        raise ValueError(f"{records[0].stream} does not begin with incident.declared")
    story = _Story(first, records[0].at, first.severity, first.rank, first.respond_by)
    for record in records[1:]:
        story.take(happened.from_recorded(record), record.at, record.version)
    if story.acknowledged is None and story.respond_by is not None:
        is_late = (story.resolved or now) > story.respond_by
        story.in_time = False if is_late else (True if story.resolved else None)
    if story.promised is not None and story.promised < now:
        story.broken += 1
    return IncidentFacts(
        id=first.id,
        title=first.title,
        system=first.system,
        service=first.service,
        severity=story.severity,
        rank=story.rank,
        declared_at=story.at,
        began_at=min(story.noted.values(), default=None),
        acknowledged_at=story.acknowledged,
        mitigated_at=story.mitigated,
        resolved_at=story.resolved,
        in_time=story.in_time,
        kept=story.kept,
        broken=story.broken,
        pages=tuple(story.pages),
        operations=tuple(story.operations),
    )
