"""What can happen to a runbook that people walk through; each event is kept in the stream `guide:<id>`."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from model.catalog.schema import RunbookStep
from model.plan import Value
from model.vocabulary import Vocabulary


class Opened(Value):
    """Someone opened it; its steps are kept as they were, so that later edits do not move them.

    channel, thread_ts: where it is shown.
    """

    type: Literal["guide.opened"] = "guide.opened"
    id: str
    service: str
    runbook: str
    title: str
    severity: str = ""
    source: str
    steps: tuple[RunbookStep, ...]
    channel: str
    thread_ts: str = ""


class Stepped(Value):
    """A step was taken. `step` counts from 1; `line`: what was run, `made`: what came of it (`OP-17`).

    follows: what becomes of an operation is written down as StepMoved; False in journals of before.
    """

    type: Literal["guide.stepped"] = "guide.stepped"
    step: int = Field(ge=1)
    line: str = ""
    made: str = ""
    follows: bool = False


class StepMoved(Value):
    """What became of the operation that a step asked for. `phase` is the operation's."""

    type: Literal["guide.step_moved"] = "guide.step_moved"
    step: int = Field(ge=1)
    made: str
    phase: str


RunbookRunEvent = Annotated[Opened | Stepped | StepMoved, Field(discriminator="type")]

VOCABULARY: Vocabulary[RunbookRunEvent] = Vocabulary(TypeAdapter(RunbookRunEvent))
to_event, from_recorded = VOCABULARY.to_event, VOCABULARY.from_recorded
