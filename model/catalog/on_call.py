"""On-call schedules as the catalog writes them: a rotation of its own, or one that is kept in PagerDuty."""

from datetime import date
from typing import Annotated, Literal, cast

from pydantic import Field, field_validator, model_validator

from model.catalog.fields import CatalogModel, Clock, Sourced, Zone, hints

PERSON = (
    r"^([UW][A-Z0-9]{2,20}|@[a-z0-9][a-z0-9._-]{0,79}|[^@\s<>|]{1,100}@[^@\s<>|]{1,150}\.[^@\s<>|]{2,20})$"
)
"""A Slack user id, a handle with its @, or an e-mail address."""

PersonRef = Annotated[str, Field(pattern=PERSON, examples=["@ana", "ana@example.com", "U012AB3CD"])]


class RotationLayer(CatalogModel):
    """People who take turns. With `from` and `until` only between these hours of each day: follow the sun."""

    people: tuple[PersonRef, ...] = Field(
        min_length=1, max_length=60, description="who takes turns, in order: @handle, e-mail or Slack id"
    )
    begins: date = Field(description="the day of the first one's first turn")
    at: Clock = Field(default="09:00", description="when the next one takes over")
    days: int = Field(
        default=7, ge=1, le=91, description="how long a turn is", json_schema_extra=hints(unit="days")
    )
    timezone: Zone = Field(default="UTC", description="the IANA time zone of all its times")
    start: Clock | None = Field(
        default=None, alias="from", description="on call only from this time of day on; all day if not set"
    )
    until: Clock | None = Field(
        default=None, description="and until this one; before `from` it is the next day's"
    )

    @model_validator(mode="after")
    def _both_or_none(self) -> "RotationLayer":
        if (self.start is None) is not (self.until is None):
            raise ValueError("`from` and `until` stand together, or neither does")
        if self.start is not None and self.start == self.until:
            raise ValueError("`from` and `until` are the same; leave both out for the whole day")
        return self


class OnCallSchedule(Sourced):
    """Who is on call, and when. A service whose `on_call` is its handle goes by it."""

    name: str = Field(default="", description="what people call it")
    kind: Literal["rotation", "pagerduty"] = Field(default="rotation", description="where it is kept")
    id: str = Field(
        default="", pattern=r"^[A-Z0-9]{0,20}$", description="of a schedule in PagerDuty, such as PI7DH85"
    )
    layers: tuple[RotationLayer, ...] = Field(
        default=(), max_length=12, description="of a rotation: who takes turns, one for each part of the day"
    )

    @field_validator("layers", mode="before")
    @classmethod
    def _listed(cls, layers: object) -> object:
        """One layer needs no list."""
        return cast(object, [layers] if isinstance(layers, dict) else layers)

    @model_validator(mode="after")
    def _whole(self) -> "OnCallSchedule":
        if self.kind == "rotation" and not self.layers:
            raise ValueError("a rotation needs `layers` with the people who take turns")
        if self.kind == "rotation" and self.id:
            raise ValueError("`id` is for `kind: pagerduty`; a rotation has none")
        if self.kind == "pagerduty" and (self.layers or not self.id):
            raise ValueError("`kind: pagerduty` needs the schedule's `id`, and its people are kept there")
        return self


class Reach(CatalogModel):
    """How somebody of the escalation matrix is told; several ways are all taken."""

    group: str = Field(default="", description="handle of a Slack user group, which is mentioned")
    schedule: str = Field(default="", description="handle of a schedule; whoever is on call is mentioned")
    pager: str = Field(
        default="",
        description="handle of a group whose service in the pager is triggered; its routing key stands in "
        "MUSTER_PAGERDUTY_TEAM_KEYS",
    )
    call: str = Field(default="", description="whom to call where that fails, such as a phone number")

    @model_validator(mode="after")
    def _some_way(self) -> "Reach":
        if not (self.group or self.schedule or self.pager or self.call):
            raise ValueError("name a `group`, a `schedule`, a `pager` or a number to `call`")
        return self
