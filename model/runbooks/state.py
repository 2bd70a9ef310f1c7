"""A runbook that people walk through, as its events leave it."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from model.catalog.schema import RunbookStep
from model.events import RecordedEvent
from model.people import Person
from model.plan import Value
from model.refusal import Refused
from model.runbooks.events import Opened, StepMoved, Stepped, from_recorded


class StepResult(Value):
    """A step that was taken: by whom, when, what was run and what came of it.

    phase: of the operation that it asked for; empty for a step that asks for none.
    """

    step: int
    who: Person
    at: datetime
    line: str = ""
    made: str = ""
    phase: str = ""

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is left to do: a change that is only planned, or failed, is not done."""
        return self.phase in {"", "succeeded"}


class RunbookRun(BaseModel):
    """One opened runbook. `taken` is in the order it happened; a step may be taken again."""

    model_config = ConfigDict(frozen=True)

    id: str
    service: str
    runbook: str
    title: str
    severity: str = ""
    source: str
    steps: tuple[RunbookStep, ...]
    channel: str
    thread_ts: str = ""
    opened_by: Person
    opened_at: datetime
    taken: tuple[StepResult, ...] = ()
    version: int = 0

    @property
    def stream(self) -> str:
        """Where its events are kept."""
        return f"guide:{self.id}"

    def step(self, number: int) -> RunbookStep:
        """The step of that number, from 1. Raises Refused for one there is not."""
        if not 1 <= number <= len(self.steps):
            raise Refused(f"{self.id} has no step {number}.", f"It has {len(self.steps)} steps.")
        return self.steps[number - 1]

    def last_taken(self, number: int) -> StepResult | None:
        """The last time that a step was taken."""
        return next((taken for taken in reversed(self.taken) if taken.step == number), None)

    @property
    def done(self) -> frozenset[int]:
        """The steps that are done, as they were taken last."""
        last = {taken.step: taken for taken in self.taken}
        return frozenset(number for number, taken in last.items() if taken.is_done)

    @property
    def next_step(self) -> int | None:
        """The first step that is not done, or None."""
        done = self.done
        return next((number for number in range(1, len(self.steps) + 1) if number not in done), None)


def fold(records: Iterable[RecordedEvent], start: RunbookRun | None = None) -> RunbookRun | None:
    """The guide after these records, in order; None when there are none.

    Raises ValueError for a stream that does not begin with its opening.
    """
    found = start
    for record in records:
        event = from_recorded(record)
        who = Person(team=record.who.team, user=record.who.user)
        if isinstance(event, Opened):
            found = _opened(event, who, record)
        elif found is None:
            raise ValueError(f"{record.stream} does not begin with guide.opened")
        elif isinstance(event, StepMoved):
            found = _moved(found, event, record)
        else:
            found = _stepped(found, event, who, record)
    return found


def _opened(event: Opened, who: Person, record: RecordedEvent) -> RunbookRun:
    said = {name: getattr(event, name) for name in Opened.model_fields if name != "type"}
    return RunbookRun(**said, opened_by=who, opened_at=record.at, version=record.version)


def _moved(guide: RunbookRun, event: StepMoved, record: RecordedEvent) -> RunbookRun:
    taken = tuple(
        one.model_copy(update={"phase": event.phase})
        if (one.step, one.made) == (event.step, event.made)
        else one
        for one in guide.taken
    )
    return guide.model_copy(update={"taken": taken, "version": record.version})


def _stepped(guide: RunbookRun, event: Stepped, who: Person, record: RecordedEvent) -> RunbookRun:
    phase = "asked" if event.made.startswith("OP-") and event.follows else ""
    taken = StepResult(step=event.step, who=who, at=record.at, line=event.line, made=event.made, phase=phase)
    return guide.model_copy(update={"taken": (*guide.taken, taken), "version": record.version})
