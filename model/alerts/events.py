"""What can happen to an alert; each event is kept in the stream `alr:<id>`."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from model.alerts.facts import AlertFacts
from model.value import Value
from model.vocabulary import Vocabulary


class Fired(AlertFacts):
    """A tool says that it fires, or fires otherwise than before. count: alerts of the group that fire.

    id: Muster's own, `ALR-3`. key: the digest of the tool's. quiet: the maintenance in which it came.
    """

    type: Literal["alert.fired"] = "alert.fired"
    id: str
    key: str
    count: int = Field(default=1, ge=1)
    quiet: str = ""


class Resolved(Value):
    """The tool says that none of it fires any more."""

    type: Literal["alert.resolved"] = "alert.resolved"


class Ignored(Value):
    """Somebody wants to hear nothing of it for a while. until: in UTC."""

    type: Literal["alert.ignored"] = "alert.ignored"
    until: AwareDatetime


class Linked(Value):
    """It belongs to an incident, which somebody has said there."""

    type: Literal["alert.linked"] = "alert.linked"
    incident: str


class Returned(Value):
    """It still fires, and what kept it quiet is over: it is told anew."""

    type: Literal["alert.returned"] = "alert.returned"
    after: Literal["ignored", "maintenance"]


AlertEvent = Annotated[Fired | Resolved | Ignored | Linked | Returned, Field(discriminator="type")]

VOCABULARY: Vocabulary[AlertEvent] = Vocabulary(TypeAdapter(AlertEvent))
to_event, from_recorded = VOCABULARY.to_event, VOCABULARY.from_recorded
