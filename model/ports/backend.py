"""The ports through which systems are reached: small protocols, one per capability."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from model.catalog.problems import Diagnostic
from model.catalog.schema import Service, Target
from model.health import Health
from model.plan import Change, Plan, Progress, Step, Version
from model.queries import Query
from model.query_result import Activity, BackupFound, QueryResult


class Fault(StrEnum):
    """Why a backend call did not work, in terms a person can act on."""

    NOT_FOUND = "not found"
    DENIED = "denied"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    CONFLICT = "conflict"
    INVALID = "invalid"
    FAILED = "failed"


@dataclass(eq=False)
class BackendError(Exception):
    """A vendor's error, translated. `sent` says whether the call may have had an effect.

    what: one sentence with the vendor's own words where they help; next: what the person can do.
    """

    fault: Fault
    what: str
    next: str = ""
    sent: bool = False

    def __str__(self) -> str:
        return self.what


@dataclass(frozen=True)
class Grant:
    """What a backend may do: IAM actions (`ecs:UpdateService`) or RBAC rules (`group/resource:verb`).

    on: ARNs, with `*` for what cannot be known or narrowed; namespaces for RBAC rules.
    names: of RBAC rules, the objects that they are for; none where their names cannot be known.
    """

    actions: tuple[str, ...]
    on: tuple[str, ...] = ("*",)
    names: tuple[str, ...] = ()


class Backend(Protocol):
    """What every kind of backend has: its kind, its target's settings, a reach check, a clean end."""

    @property
    def kind(self) -> str:
        """The `kind` in the catalog, e.g. `ecs`."""
        ...

    @property
    def target(self) -> type[Target]:
        """The settings class that catalog entries of this kind are validated with."""
        ...

    def grants(self, service: Service) -> tuple[Grant, ...]:
        """Every API call this backend may make for the service, on just its own resources."""
        ...

    async def reach(self, service: Service) -> None:
        """Make the cheapest read there is. Raises BackendError when the target cannot be reached."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


@runtime_checkable
class Changeable(Protocol):
    """A backend whose targets can be changed. Every method may raise BackendError."""

    def accepts(self, change: Change) -> bool:
        """Whether this kind of target has this kind of change at all."""
        ...

    async def plan(self, service: Service, change: Change) -> Plan:
        """Read the target and say what the change would do. Nothing is written.

        Raises model.refusal.Refused when the change makes no sense for what was read.
        """
        ...

    async def fingerprint(self, service: Service) -> str:
        """The fingerprint of the target's configuration now (see Plan.fingerprint)."""
        ...

    async def apply(self, service: Service, step: Step, token: str) -> None:
        """Make one call. `token` is the operation's id and step, for idempotency and user agents."""
        ...

    async def has_applied(self, service: Service, step: Step, token: str, since: datetime) -> bool | None:
        """After a crash: did the step take effect at or after `since`? None when it cannot be told."""
        ...

    def watch(self, service: Service, plan: Plan, since: datetime) -> AsyncIterator[Progress]:
        """What happens, until it is over; yields on every change, ends after one with `ok` set.

        `since` is when the change was applied. Safe to call again after a crash.
        """
        ...


@runtime_checkable
class Observable(Protocol):
    """A backend that can say how a target is."""

    async def health(self, service: Service) -> Health:
        """The target's own signs (not its URLs). Raises BackendError."""
        ...


@runtime_checkable
class HasVersions(Protocol):
    """A backend that knows which versions a target ran."""

    async def versions(self, service: Service) -> tuple[Version, ...]:
        """Versions, the running one first, then the newest. Raises BackendError."""
        ...


@runtime_checkable
class HasActivity(Protocol):
    """A backend that knows what happened to a target."""

    async def activities(self, service: Service) -> tuple[Activity, ...]:
        """The newest first, at most 20. Raises BackendError."""
        ...


@runtime_checkable
class HasBackups(Protocol):
    """A backend that knows which backups of a target there are."""

    async def backups(self, service: Service) -> tuple[BackupFound, ...]:
        """The newest first, at most 50. Raises BackendError."""
        ...


@runtime_checkable
class AnswersQueries(Protocol):
    """A backend that answers questions, other than the service's health and history."""

    def offers(self, service: Service, kind: str) -> tuple[str, ...]:
        """The names that a question of this kind may have here; `""` among them if it needs none.

        Empty where questions of this kind are not answered at all. Pure.
        """
        ...

    async def answer(self, service: Service, question: Query, now: datetime) -> QueryResult:
        """Look and say. Raises BackendError, and Refused for a question that makes no sense here."""
        ...


@runtime_checkable
class LintsCatalog(Protocol):
    """A backend that can tell mistakes in the catalog without asking anyone."""

    def traps(self, service: Service) -> tuple[Diagnostic, ...]:
        """What in this target does not do what it seems to. Pure."""
        ...
