"""The typed catalog: systems, services and the facts their runbooks state."""

from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny


class Frozen(BaseModel):
    """Base of catalog parts: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Sourced(Frozen):
    """A part that states facts; `source` cites the runbook and its section or lines."""

    source: str


class Target(Frozen):
    """Where a service lives. Each backend subclasses this in its own file, with its own `kind`."""

    kind: str


class Environment(StrEnum):
    """The environments a policy may tell apart."""

    PRODUCTION = "production"
    STAGING = "staging"
    DEVELOPMENT = "development"


class SeverityLevel(Frozen):
    """One level of a severity scheme. `respond_within` is None where the runbook gives no clock."""

    id: str
    means: str
    respond_within: timedelta | None = None
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


class EscalationLevel(Frozen):
    """Who is told when nobody has answered `after` the declaration."""

    name: str
    who: tuple[str, ...]
    after: timedelta | None = None
    only: tuple[str, ...] = Field((), description="severity ids it applies to; empty is all")


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
    """A preferred maintenance window, weekly, in UTC."""

    weekday: int = Field(ge=0, le=6, description="0 is Monday")
    start: str = Field(pattern=r"^\d\d:\d\d$")
    end: str = Field(pattern=r"^\d\d:\d\d$")
    notice: timedelta | None = None
    longest: timedelta | None = None


class Freeze(Sourced):
    """A recurring change freeze. `quarter-end-week` is the last seven days of each quarter, UTC."""

    rule: str = Field(pattern=r"^quarter-end-week$")
    says: str


class Contact(Frozen):
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
    freezes: tuple[Freeze, ...] = ()
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

    url: str
    status: int = 200
    json_body: dict[str, Any] = Field({}, description="the part of the JSON answer that must match")
    timeout_s: float = Field(5.0, gt=0, le=30)
    slow_ms: int | None = Field(None, description="latency from which the service counts as degraded")


class Thresholds(Sourced):
    """What the runbook calls too much; None where it is silent."""

    p95_ms: float | None = None
    error_rate: float | None = Field(None, description="fraction 0–1")
    cpu_percent: float | None = None
    memory_percent: float | None = None


class Service(Sourced):
    """One thing that can be looked at or changed."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")
    name: str
    system: str = Field("", description="filled by the loader from the file it stands in")
    environment: Environment
    owners: str = Field(description="group handle of the owners")
    on_call: str = Field(description="group handle of the people on call")
    target: SerializeAsAny[Target]
    aliases: tuple[str, ...] = ()
    limits: Limits | None = None
    health: tuple[HealthCheck, ...] = ()
    thresholds: Thresholds | None = None
    depends_on: tuple[str, ...] = ()


class Catalog(Frozen):
    """Everything Muster knows of; ids are unique over all systems."""

    systems: tuple[System, ...]
    services: tuple[Service, ...]

    @cached_property
    def by_service(self) -> dict[str, Service]:
        """Services by id and by alias."""
        named = {service.id: service for service in self.services}
        return {alias: service for service in self.services for alias in service.aliases} | named

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
