"""The typed catalog: systems, services and the facts their runbooks state."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    SerializeAsAny,
)

from model.catalog.fields import CatalogModel, Sourced, hints, its_id
from model.catalog.on_call import OnCallSchedule, PersonRef
from model.catalog.system import System


class Target(CatalogModel):
    """Where a service lives. Each backend subclasses this in its own file, with its own `kind`."""

    kind: str = Field(description="which backend reaches it")

    @property
    def extras(self) -> tuple[str, ...]:
        """What has to be installed to reach it, by the names in `model/extras.py`."""
        return ()


class Environment(StrEnum):
    """The environments a policy may tell apart."""

    PRODUCTION = "production"
    STAGING = "staging"
    DEVELOPMENT = "development"


_COUNTED = hints(unit="tasks, pods, or whatever is scaled")


class Limits(Sourced):
    """Hard limits that no permission overrides, and the soft range an autoscaler keeps."""

    hard_min: int = Field(
        default=0, ge=0, description="fewer are refused, whoever asks", json_schema_extra=_COUNTED
    )
    hard_max: int = Field(ge=1, description="more are refused, whoever asks", json_schema_extra=_COUNTED)
    soft_min: int | None = Field(
        default=None, description="the runbook's lower end; below it a plan warns", json_schema_extra=_COUNTED
    )
    soft_max: int | None = Field(
        default=None, description="the runbook's upper end; above it a plan warns", json_schema_extra=_COUNTED
    )
    normal: int | None = Field(
        default=None, description="the runbook's usual desired count", json_schema_extra=_COUNTED
    )


class HealthCheck(Sourced):
    """One URL and the answer the runbook says is healthy."""

    url: str = Field(pattern=r"^https?://[^\s/]+", description="what is asked, with GET")
    status: int = Field(default=200, ge=100, le=599, description="the HTTP status of a healthy answer")
    json_body: dict[str, Any] = Field(default={}, description="the part of the JSON answer that must match")
    timeout_s: float = Field(default=5.0, gt=0, le=30, description="no answer until then counts as down")
    slow_ms: int | None = Field(
        default=None, gt=0, description="latency from which the service counts as degraded"
    )


class Thresholds(Sourced):
    """What the runbook calls too much; None where it is silent."""

    p95_ms: float | None = Field(default=None, gt=0, description="latency that one request in twenty exceeds")
    error_rate: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="share of failed requests",
        json_schema_extra=hints(unit="fraction 0–1"),
    )
    cpu_percent: float | None = Field(default=None, gt=0, le=100, description="CPU in use")
    memory_percent: float | None = Field(default=None, gt=0, le=100, description="memory in use")


class RunbookAsk(CatalogModel):
    """A word in capitals in a step's line that only whoever takes the step can know, such as `BACKUP`."""

    name: str = Field(pattern=r"^[A-Z][A-Z_]{1,20}$", description="the word as it stands in the line")
    hint: str = Field(description="what is to be typed for it")
    example: str = Field(description="one that could be typed; the line is checked with it")


class RunbookStep(CatalogModel):
    """One step: a line of Muster's to `run`, a `shell` command to copy, or with neither a sentence to read.

    Muster never runs the shell command; it stands there with the names filled in.
    """

    says: str = Field(description="what the step is for")
    run: str = Field(default="", description="a command line, without the slash or with it")
    shell: str = Field(default="", description="the exact shell command, to copy")
    asks: tuple[RunbookAsk, ...] = Field(default=(), description="the words in its line that are asked for")

    @property
    def kind(self) -> Literal["run", "copy", "read"]:
        """What a person does with it."""
        return "run" if self.run else "copy" if self.shell else "read"


class Runbook(Sourced):
    """A runbook of a service, by the name that people type."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$", description="what people type")
    title: str = Field(
        default_factory=its_id,
        description="its headline",
        json_schema_extra=hints(default="its `id`"),
    )
    severity: str = Field(
        default="", description="the severity that the runbook gives such a case, if it does"
    )
    alerts: tuple[str, ...] = Field(default=(), description="names of alerts that it is offered on")
    steps: tuple[RunbookStep, ...] = Field(min_length=1, max_length=12, description="its steps, in order")


Tier = Literal["R1", "R2", "R3"]
"""How grave a change is: R1 restarts, R2 rolls back, R3 stops, flushes, swaps, restores."""


class Service(Sourced):
    """One thing that can be looked at or changed."""

    id: str = Field(pattern=r"^[a-z][a-z0-9-]{1,40}$", description="what people type")
    name: str = Field(
        default_factory=its_id,
        description="what people call it",
        json_schema_extra=hints(default="its `id`"),
    )
    system: str = Field(default="", description="filled by the loader from the file it stands in")
    environment: Environment = Field(
        default=Environment.PRODUCTION, description="what the policies go by; production is the strictest"
    )
    owners: str = Field(description="group handle of the owners")
    on_call: str = Field(
        default_factory=lambda known: str(known.get("owners", "")),
        description="handle of the group of people on call, or of their schedule",
        json_schema_extra=hints(default="its `owners`"),
    )
    target: SerializeAsAny[Target] = Field(description="what is changed: one of the kinds of target below")
    also: tuple[SerializeAsAny[Target], ...] = Field(
        default=(), description="what else belongs to it: its logs, metrics, load balancer, backups"
    )
    aliases: tuple[str, ...] = Field(
        default=(), description="other names that people type for it, in small letters"
    )
    channel: str = Field(
        default="",
        pattern=r"^(#?[^\sA-Z]{1,80}|[CG][A-Z0-9]{2,})$|^$",
        description="the channel where its alerts are told, such as #shop-alerts",
        json_schema_extra=hints(default="the incidents channel"),
    )
    alerts: tuple[dict[str, str], ...] = Field(
        default=(),
        description="labels by which an alert is known to be its own: all of one entry",
        json_schema_extra=hints(default="those whose label `service` is its id or alias"),
    )
    limits: Limits | None = Field(default=None, description="how many there may be")
    health: tuple[HealthCheck, ...] = Field(default=(), description="URLs that say whether it is well")
    thresholds: Thresholds | None = Field(default=None, description="what of its figures is too much")
    depends_on: tuple[str, ...] = Field(default=(), description="ids of the services it cannot do without")
    deploys_after: str = Field(default="", description="the service on which a version has to run first")
    rehearsal: SerializeAsAny[Target] | None = Field(
        default=None, description="filled by the loader: the target of `deploys_after`"
    )
    runbooks: tuple[Runbook, ...] = Field(default=(), description="its procedures, for `/runbook`")
    approvals: dict[Tier, Annotated[int, Field(ge=1, le=3)]] = Field(
        default={},
        description="how many others approve a change of tier R1, R2 or R3: more than usual, never fewer",
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
    """A user group by its handle. `role` is what the policies call it, where they name it at all."""

    name: str = Field(default="", description="what people call the group")
    id: str = Field(
        default="",
        pattern=r"^(S[A-Z0-9]{2,})?$",
        description="of the Slack user group that it is, such as S012AB3CD",
        json_schema_extra=hints(default="of the one that has the handle when Muster first looks"),
    )
    role: Literal["engineers", "operators", "incident-commanders"] | None = Field(
        default=None, description="what the policies call the group, where they name it at all"
    )
    members: tuple[Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,}$")], ...] = Field(
        default=(), description="Slack user ids, used only while Slack has no user group of that handle"
    )


class People(CatalogModel):
    """Who is in which group, by group handle."""

    source: str = Field(default="", description="where that is from")
    groups: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")], GroupFact] = Field(
        default={}, description="the groups, by their handles in Slack"
    )
    schedules: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")], OnCallSchedule] = Field(
        default={},
        description="who is on call when, by the handle that services name as their `on_call`; says whom to "
        "mention and call, and gives no rights",
    )
    phones: dict[PersonRef, Annotated[str, Field(pattern=r"^\+?[0-9][0-9 ()./-]{2,30}$")]] = Field(
        default={}, description="telephone numbers of people on call, by the name that schedules give them"
    )

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

    @cached_property
    def dependents(self) -> dict[str, tuple[str, ...]]:
        """Ids of the services that depend on one, by its id."""
        pairs = [(on, service.id) for service in self.services for on in service.depends_on]
        return {on: tuple(dict.fromkeys(id for one, id in pairs if one == on)) for on, _ in pairs}

    def service(self, name: str) -> Service | None:
        """The service of that id or alias, or None; case is ignored."""
        return self.by_service.get(name.casefold())

    def system_of(self, service: Service) -> System:
        """The system a service belongs to. Raises KeyError only for a catalog that was not loaded."""
        return self.by_system[service.system]
