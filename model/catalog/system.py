"""A system: how bad its incidents can be, who is told, what is posted, and when nothing should change."""

from datetime import timedelta
from typing import Annotated, Literal, cast

from pydantic import (
    Field,
    field_validator,
)

from model.catalog.alerts import AlertMapping
from model.catalog.fields import CatalogModel, Clock, Duration, Sourced, Zone, hints, its_id
from model.catalog.on_call import Reach


class SeverityLevel(CatalogModel):
    """One level of a severity scheme. `respond_within` is None where the runbook gives no clock.

    update_every: None where nothing is promised unless somebody says so.
    """

    id: str = Field(description="what people type, such as SEV1; case is ignored")
    means: str = Field(default="", description="what such an incident is, in a few words")
    respond_within: Duration | None = Field(
        default=None, description="until when somebody has to acknowledge it"
    )
    update_every: Duration | None = Field(
        default=None, description="how soon an update promises the next one, where it says nothing else"
    )
    respond_text: str = Field(default="", description="the runbook's own words for that time")
    example: str = Field(default="", description="an example of such an incident")
    rank: int = Field(
        default=1,
        ge=1,
        le=9,
        description="1 is the worst; lets schemes be compared",
        json_schema_extra=hints(default="its place in the list"),
    )


class SeverityScheme(Sourced):
    """A system's own severities; `defined: false` where its runbook has none (the bot then asks)."""

    levels: tuple[SeverityLevel, ...] = Field(default=(), description="the severities, the worst first")
    defined: bool = Field(default=True, description="false: the runbook has no severities")
    borrowed_from: str = Field(
        default="",
        description="id of the system whose severities are offered meanwhile, without their clocks",
    )

    @field_validator("levels", mode="before")
    @classmethod
    def _ranked(cls, levels: object) -> object:
        """A level without a rank has that of its place."""
        if not isinstance(levels, list):
            return levels
        ranked = enumerate(cast(list[object], levels), 1)
        return [
            {"rank": place, **cast(dict[str, object], level)} if isinstance(level, dict) else level
            for place, level in ranked
        ]

    def level(self, text: str) -> SeverityLevel | None:
        """The level called `text`, whatever its case."""
        return next((level for level in self.levels if level.id.casefold() == text.casefold()), None)


def usual_severities() -> SeverityScheme:
    """Four severities with the usual clocks, for a system that says nothing of its own."""
    usual = (
        ("SEV1", "Complete outage", timedelta(minutes=15)),
        ("SEV2", "Major degradation", timedelta(minutes=30)),
        ("SEV3", "Minor impact", timedelta(hours=2)),
        ("SEV4", "Low impact", timedelta(hours=24)),
    )
    levels = tuple(
        SeverityLevel(id=id, means=means, respond_within=within, rank=rank)
        for rank, (id, means, within) in enumerate(usual, 1)
    )
    return SeverityScheme(source="Muster's default", levels=levels)


class EscalationLevel(CatalogModel):
    """Who is told when nobody has answered `after` the declaration."""

    name: str = Field(description="what the level is called")
    who: tuple[str, ...] = Field(description="the roles or people who are told")
    reach: dict[str, Reach] = Field(
        default={},
        description="how each of `who` is told, by the name it has there; whoever is not here is not told, "
        "and the post says so with the system's contacts",
    )
    after: Duration | None = Field(
        default=None, description="how long after the declaration; at once if not set"
    )
    only: tuple[str, ...] = Field(default=(), description="severity ids it applies to; empty is all")
    until: Literal["acknowledged", "resolved"] = Field(
        default="acknowledged", description="what makes telling them unnecessary"
    )


class Escalation(Sourced):
    """A system's escalation matrix, first level first."""

    levels: tuple[EscalationLevel, ...] = Field(default=(), description="its levels, in order")


class Template(Sourced):
    """The communication template of every status post: a Jinja2 text in the catalog's folder."""

    file: str = Field(description="its path in the catalog's folder")
    id: str = Field(
        default_factory=lambda known: str(known.get("file", "")).rsplit("/", 1)[-1].split(".")[0],
        description="what the template is called",
        json_schema_extra=hints(default="the file's name"),
    )
    text: str = Field(default="", description="filled by the loader from `file`")
    statuses: tuple[str, ...] = Field(
        default=("Investigating", "Identified", "Monitoring", "Resolved"),
        description="the words for how an incident stands, first to last; the last one resolves it",
    )


class Window(Sourced):
    """A preferred maintenance window: a weekday and hours, in UTC unless said otherwise.

    An `end` before `start` is on the next day; `24:00` is not written, `00:00` is the next midnight.
    """

    weekday: int = Field(
        ge=0, le=6, description="the day of the week", json_schema_extra=hints(unit="0 is Monday")
    )
    start: Clock = Field(description="when it begins")
    end: Clock = Field(description="when it ends; before `start` it is the next day's")
    timezone: Zone = Field(default="UTC", description="the IANA time zone of both")
    every: Literal["week", "month"] = Field(
        default="week", description="how often; of a month any such day will do"
    )
    notice: Duration | None = Field(
        default=None, description="how long ahead a maintenance has to be announced"
    )
    longest: Duration | None = Field(default=None, description="how long a maintenance may last")
    emergency: str = Field(default="", description="what the runbook allows without notice")


class ChangeFreeze(Sourced):
    """A recurring change freeze. `quarter-end-week` is the last seven days of each quarter, UTC."""

    rule: Literal["quarter-end-week"] = Field(description="when it is; the last seven days of each quarter")
    says: str = Field(description="what a refusal says of it")


class Contact(CatalogModel):
    """One line of a runbook's contact table."""

    role: str = Field(description="what they are asked for")
    name: str = Field(default="", description="who they are")
    contact: str = Field(description="where they are reached")


class System(Sourced):
    """One runbook's system and what holds for all its services."""

    id: str = Field(description="what people type for all of it, as in `/health SYSTEM`")
    name: str = Field(
        default_factory=its_id,
        description="what people call it",
        json_schema_extra=hints(default="its `id`"),
    )
    severities: SeverityScheme = Field(
        default_factory=usual_severities,
        description="how bad an incident can be, and how soon somebody has to answer",
        json_schema_extra=hints(default="SEV1 to SEV4, answered within 15m, 30m, 2h, 24h"),
    )
    escalation: Escalation | None = Field(default=None, description="who is told when nobody answers")
    template: Template | None = Field(
        default=None,
        description="the communication template of its status posts",
        json_schema_extra=hints(default="a plain one with every fact, and the usual four statuses"),
    )
    windows: tuple[Window, ...] = Field(
        default=(), description="when maintenance should be; empty is any time"
    )
    freezes: tuple[ChangeFreeze, ...] = Field(default=(), description="when nothing should change")
    alert_sources: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")], AlertMapping] = Field(
        default={}, description="tools that post alerts as JSON of their own, by the name in the address"
    )
    contacts: tuple[Contact, ...] = Field(default=(), description="the runbook's contacts")
    links: dict[str, str] = Field(
        default={},
        description="addresses by name; `status_page` and `questions` stand in the posts",
    )
