"""The typed catalog: systems, services and the facts their runbooks state."""

import re
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializeAsAny,
    WithJsonSchema,
)

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _read_duration(value: object) -> object:
    """`90s`, `15m`, `2h`, `7d` as a timedelta; anything else is left to pydantic (ISO 8601)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError("a duration needs its unit: 15m, 2h, 48h")
    said = re.fullmatch(r"(\d{1,6})([smhd])", value) if isinstance(value, str) else None
    return timedelta(**{_UNITS[said[2]]: int(said[1])}) if said else value


def _read_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, OSError, ValueError) as unknown:
        raise ValueError(
            f"there is no time zone {name!r}; use UTC or a name such as Europe/Madrid"
        ) from unknown


Duration = Annotated[
    timedelta,
    BeforeValidator(_read_duration),
    Field(ge=timedelta(0)),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,6}[smhd]$"}, mode="validation"),
]
"""A length of time, written `90s`, `15m`, `2h` or `7d`."""

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day, written `03:00`."""

Zone = Annotated[str, AfterValidator(_read_zone)]
"""An IANA time zone."""


class CatalogModel(BaseModel):
    """Base of catalog parts: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sourced(CatalogModel):
    """A part that states facts; `source` cites the runbook and its section or lines."""

    source: str


class Target(CatalogModel):
    """Where a service lives. Each backend subclasses this in its own file, with its own `kind`."""

    kind: str

    @property
    def extras(self) -> tuple[str, ...]:
        """What has to be installed to reach it, by the names in `model/extras.py`."""
        return ()


class Environment(StrEnum):
    """The environments a policy may tell apart."""

    PRODUCTION = "production"
    STAGING = "staging"
    DEVELOPMENT = "development"


class SeverityLevel(CatalogModel):
    """One level of a severity scheme. `respond_within` is None where the runbook gives no clock."""

    id: str
    means: str
    respond_within: Duration | None = None
    respond_text: str = ""
    example: str = ""
    rank: int = Field(ge=1, le=9, description="1 is the worst; lets schemes be compared")


class SeverityScheme(Sourced):
    """A system's own severities; `defined: false` where its runbook has none (the bot then asks)."""

    levels: tuple[SeverityLevel, ...] = ()
    defined: bool = True
    borrowed_from: str = ""

    def level(self, text: str) -> SeverityLevel | None:
        """The level called `text`, whatever its case."""
        return next((level for level in self.levels if level.id.casefold() == text.casefold()), None)


class EscalationLevel(CatalogModel):
    """Who is told when nobody has answered `after` the declaration."""

    name: str
    who: tuple[str, ...]
    after: Duration | None = None
    only: tuple[str, ...] = Field((), description="severity ids it applies to; empty is all")
    until: Literal["acknowledged", "resolved"] = Field(
        "acknowledged", description="what makes telling them unnecessary"
    )


class Escalation(Sourced):
    """A system's escalation matrix, first level first."""

    levels: tuple[EscalationLevel, ...] = ()


class Template(Sourced):
    """The communication template of every status post: a Jinja2 text in the catalog's folder."""

    id: str
    file: str
    text: str = Field("", description="filled by the loader from `file`")
    statuses: tuple[str, ...] = ("Investigating", "Identified", "Monitoring", "Resolved")


class Window(Sourced):
    """A preferred maintenance window: a weekday and hours, in UTC unless said otherwise.

    An `end` before `start` is on the next day; `24:00` is not written, `00:00` is the next midnight.
    """

    weekday: int = Field(ge=0, le=6, description="0 is Monday")
    start: Clock
    end: Clock
    timezone: Zone = "UTC"
    every: Literal["week", "month"] = Field("week", description="how often; of a month any such day will do")
    notice: Duration | None = None
    longest: Duration | None = None
    emergency: str = Field(default="", description="what the runbook allows without notice")


class ChangeFreeze(Sourced):
    """A recurring change freeze. `quarter-end-week` is the last seven days of each quarter, UTC."""

    rule: str = Field(pattern=r"^quarter-end-week$")
    says: str


class Contact(CatalogModel):
    """One line of a runbook's contact table."""

    role: str
    name: str = ""
    contact: str


class System(Sourced):
    """One runbook's system and what holds for all its services."""

    id: str
    name: str
    severities: SeverityScheme
    escalation: Escalation | None = None
    template: Template | None = None
    windows: tuple[Window, ...] = ()
    freezes: tuple[ChangeFreeze, ...] = ()
    contacts: tuple[Contact, ...] = ()
    links: dict[str, str] = {}


class Limits(Sourced):
    """Hard limits that no permission overrides, and the soft range an autoscaler keeps."""

    hard_min: int = Field(0, ge=0)
    hard_max: int = Field(ge=1)
    soft_min: int | None = None
    soft_max: int | None = None
    normal: int | None = Field(None, description="the runbook's usual desired count")


class HealthCheck(Sourced):
    """One URL and the answer the runbook says is healthy."""

    url: str = Field(pattern=r"^https?://[^\s/]+")
    status: int = Field(200, ge=100, le=599)
    json_body: dict[str, Any] = Field({}, description="the part of the JSON answer that must match")
    timeout_s: float = Field(5.0, gt=0, le=30)
    slow_ms: int | None = Field(None, gt=0, description="latency from which the service counts as degraded")


class Thresholds(Sourced):
    """What the runbook calls too much; None where it is silent."""

    p95_ms: float | None = Field(None, gt=0)
    error_rate: float | None = Field(None, ge=0, le=1, description="fraction 0–1")
    cpu_percent: float | None = Field(None, gt=0, le=100)
    memory_percent: float | None = Field(None, gt=0, le=100)


class RunbookAsk(CatalogModel):
    """A word in capitals in a step's line that only whoever takes the step can know, such as `BACKUP`."""

    name: str = Field(pattern=r"^[A-Z][A-Z_]{1,20}$")
    hint: str
    example: str = Field(description="one that could be typed; the line is checked with it")


class RunbookStep(CatalogModel):
    """One step: a line of Muster's to `run`, a `shell` command to copy, or with neither a sentence to read.

    Muster never runs the shell command; it stands there with the names filled in.
    """

    says: str
    run: str = Field(default="", description="a command line, without the slash or with it")
    shell: str = Field(default="", description="the exact shell command, to copy")
    asks: tuple[RunbookAsk, ...] = ()

    @property
    def kind(self) -> Literal["run", "copy", "read"]:
        """What a person does with it."""
        return "run" if self.run else "copy" if self.shell else "read"


class Runbook(Sourced):
    """A runbook of a service, by the name that people type."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")
    title: str
    severity: str = Field(
        default="", description="the severity that the runbook gives such a case, if it does"
    )
    steps: tuple[RunbookStep, ...] = Field(min_length=1, max_length=12)


Tier = Literal["R1", "R2", "R3"]
"""How grave a change is: R1 restarts, R2 rolls back, R3 stops, flushes, swaps, restores."""


class Service(Sourced):
    """One thing that can be looked at or changed."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")
    name: str
    system: str = Field("", description="filled by the loader from the file it stands in")
    environment: Environment
    owners: str = Field(description="group handle of the owners")
    on_call: str = Field(description="group handle of the people on call")
    target: SerializeAsAny[Target]
    also: tuple[SerializeAsAny[Target], ...] = Field(
        default=(), description="what else belongs to it: its logs, metrics, load balancer, backups"
    )
    aliases: tuple[str, ...] = ()
    limits: Limits | None = None
    health: tuple[HealthCheck, ...] = ()
    thresholds: Thresholds | None = None
    depends_on: tuple[str, ...] = ()
    deploys_after: str = Field(default="", description="the service on which a version has to run first")
    rehearsal: SerializeAsAny[Target] | None = Field(
        default=None, description="filled by the loader: the target of `deploys_after`"
    )
    runbooks: tuple[Runbook, ...] = ()
    approvals: dict[Tier, Annotated[int, Field(ge=1, le=3)]] = Field(
        default={},
        description="how many others have to approve changes of a tier: more than usual, never fewer",
    )

    def others_for(self, tier: int) -> int:
        """How many others the catalog wants for a change of that tier, 0 where it says nothing."""
        return max((count for name, count in self.approvals.items() if int(name[1:]) == tier), default=0)

    def runbook(self, name: str) -> Runbook | None:
        """The runbook of that name, or None; case is ignored."""
        return next((one for one in self.runbooks if one.id == name.casefold()), None)

    @property
    def parts(self) -> "tuple[Service, ...]":
        """The service as each backend sees it: with one of its targets as `target`, its own first."""
        return (self, *(self.model_copy(update={"target": part}) for part in self.also))


class GroupFact(CatalogModel):
    """A user group by its handle. `role` is what the policies call it, where they name it at all.

    id: of the Slack user group that it is; without one, that which has the handle when Muster first looks.
    members: Slack user ids, used only while Slack has no user group of that handle.
    """

    name: str = ""
    id: Annotated[str, Field(pattern=r"^(S[A-Z0-9]{2,})?$")] = ""
    role: Literal["engineers", "operators", "incident-commanders"] | None = None
    members: tuple[Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,}$")], ...] = ()


class People(CatalogModel):
    """Who is in which group, by group handle."""

    source: str = ""
    groups: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")], GroupFact] = {}

    @cached_property
    def members(self) -> dict[str, frozenset[str]]:
        """Slack user ids by group handle."""
        return {handle: frozenset(group.members) for handle, group in self.groups.items()}

    @cached_property
    def roles(self) -> dict[str, str]:
        """The policies' name of a group by its handle, for handles that have one."""
        return {handle: group.role for handle, group in self.groups.items() if group.role}


class Catalog(CatalogModel):
    """Everything Muster knows of; ids are unique over all systems."""

    systems: tuple[System, ...]
    services: tuple[Service, ...]
    people: People = People()

    @cached_property
    def by_service(self) -> dict[str, Service]:
        """Services by id and by alias."""
        named = {service.id: service for service in self.services}
        aliases = {alias.casefold(): service for service in self.services for alias in service.aliases}
        return aliases | named

    @cached_property
    def by_system(self) -> dict[str, System]:
        """Systems by id."""
        return {system.id: system for system in self.systems}

    def service(self, name: str) -> Service | None:
        """The service of that id or alias, or None; case is ignored."""
        return self.by_service.get(name.casefold())

    def system_of(self, service: Service) -> System:
        """The system a service belongs to. Raises KeyError only for a catalog that was not loaded."""
        return self.by_system[service.system]
