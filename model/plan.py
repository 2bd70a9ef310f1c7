"""Plans: what will be done about a change, and how far it is."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import Literal

from pydantic import Field, JsonValue

from model.changes import Amount, CapacityBounds, Change, Concurrency, Restart, Rollback, Scale
from model.value import Value

__all__ = [  # the words a plan is made of stand beside it
    "Amount",
    "CapacityBounds",
    "Change",
    "Concurrency",
    "Delta",
    "Direction",
    "Plan",
    "Progress",
    "Restart",
    "RiskTier",
    "Rollback",
    "Scale",
    "Step",
    "Value",
    "Version",
    "Warning",
    "canonical",
    "fingerprint",
]


class RiskTier(IntEnum):
    """R0 read; R1 scale up, restart; R2 rollback, scale down, limits; R3 to zero and the like."""

    R0 = 0
    R1 = 1
    R2 = 2
    R3 = 3


class Direction(StrEnum):
    """Which way a change moves capacity."""

    UP = "up"
    DOWN = "down"
    SAME = "same"


class Delta(Value):
    """One line of before and after, e.g. what="desired count", before="2", after="6"."""

    what: str
    before: str
    after: str


class Step(Value):
    """One API call, exactly as it will be made. `call` is `service:Operation` (`ecs:UpdateService`)."""

    call: str
    params: dict[str, JsonValue]
    says: str = Field(description="the call in words, for the plan")


class Warning(Value):
    """Why a plan may surprise. `stop` forbids it, `warn` must be read, `note` is worth knowing."""

    level: Literal["stop", "warn", "note"]
    code: str
    text: str
    instead: str = ""


class Plan(Value):
    """What will change, computed from what was read of the target at one moment.

    fingerprint: of the target's configuration (never of its running counts), as read.
    goal: what the watch must see for the change to be finished; the backend's own shape.
    inverse: the change that undoes this one, or None; `undo` says it (or why not) in words.
    takes: how long it may well take, where that is longer than the bot watches other changes.
    counts: how many are asked for before and after, where it is such a number that changes; else both 0.
    reverted_by: who is known to put the change back by itself, such as Argo CD; empty if nobody.
    runs_before, runs_after: what runs, where the version's name does not tell: a Kubernetes revision that
    is gone back to gets another number.
    """

    service: str
    change: Change
    deltas: tuple[Delta, ...]
    steps: tuple[Step, ...]
    cautions: tuple[Warning, ...] = ()
    tier: RiskTier
    direction: Direction = Direction.SAME
    size: int = Field(default=0, description="how many tasks, replicas or units it moves")
    others: int = Field(default=0, description="other people who must agree, whoever asks")
    fingerprint: str
    goal: dict[str, JsonValue] = Field(default={})
    inverse: Change | None = None
    undo: str
    takes: timedelta = timedelta()
    counts: tuple[int, int] = (0, 0)
    reverted_by: str = ""
    runs_before: str = ""
    runs_after: str = ""

    @property
    def changes_nothing(self) -> bool:
        """Whether the target is already as asked."""
        return not self.steps


class Progress(Value):
    """What a watch sees. `ok` is None while it goes on; `why` names what fails and its reason."""

    wanted: int = 0
    running: int = 0
    starting: int = 0
    failed: int = 0
    last_event: str = ""
    why: str = ""
    ok: bool | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.ok is not None


class Version(Value):
    """Something a service can be rolled back to (or runs now). `at` is ISO 8601 UTC, empty if not known."""

    id: str
    label: str = ""
    at: str = ""
    is_current: bool = False
    has_run: bool = True
    note: str = ""


def canonical(state: Mapping[str, JsonValue]) -> str:
    """The JSON text a fingerprint is made of: sorted keys, no spaces."""

    return json.dumps(state, sort_keys=True, separators=(",", ":"))


def fingerprint(state: Mapping[str, JsonValue]) -> str:
    """Twelve hex digits of SHA-256 over the canonical state; equal states, equal fingerprints."""

    return hashlib.sha256(canonical(state).encode()).hexdigest()[:12]
