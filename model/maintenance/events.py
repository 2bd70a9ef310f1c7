"""What can happen to a maintenance; each event is kept in the stream `mnt:<id>`."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from model.maintenance.checklist import Item
from model.plan import Value
from model.vocabulary import Vocabulary

Bell = Literal["notice", "hour", "start", "end"]
"""What is told by itself: as long ahead as the runbook wants, an hour ahead, at the start, at the end."""


class Scheduled(Value):
    """Someone planned it; what the catalog said then is kept, so that later edits do not rewrite it.

    notice: how long ahead people are reminded. cautions: what is unusual about it, in sentences.
    because: why it cannot wait, for an emergency. channel: where it was asked for.
    """

    type: Literal["maintenance.scheduled"] = "maintenance.scheduled"
    id: str
    service: str
    service_name: str
    system: str
    start: AwareDatetime
    end: AwareDatetime
    text: str = ""
    notice: timedelta = timedelta(hours=48)
    is_emergency: bool = False
    because: str = ""
    cautions: tuple[str, ...] = ()
    channel: str = ""


class Reminded(Value):
    """A time that was announced has come, and people are told."""

    type: Literal["maintenance.reminded"] = "maintenance.reminded"
    bell: Bell
    due: AwareDatetime


class Ticked(Value):
    """An item of the checklists is done."""

    type: Literal["maintenance.ticked"] = "maintenance.ticked"
    item: Item


class Started(Value):
    """The work begins: until its announced end, changes of the service belong to it."""

    type: Literal["maintenance.started"] = "maintenance.started"


class Done(Value):
    """The work is through. It is posted."""

    type: Literal["maintenance.done"] = "maintenance.done"
    text: str = ""


class Cancelled(Value):
    """It does not take place, or was broken off. It is posted."""

    type: Literal["maintenance.cancelled"] = "maintenance.cancelled"
    because: str = ""


MaintenanceEvent = Annotated[
    Scheduled | Reminded | Ticked | Started | Done | Cancelled, Field(discriminator="type")
]

VOCABULARY: Vocabulary[MaintenanceEvent] = Vocabulary(TypeAdapter(MaintenanceEvent))
to_event, from_recorded = VOCABULARY.to_event, VOCABULARY.from_recorded
