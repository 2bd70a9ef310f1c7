"""Changes: everything that can be asked of a target, one type each."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from model.value import Value


class Amount(Value):
    """A count as people type it: `6` (to), `+2` (up by), `-1` (down by), `x2` (times)."""

    how: Literal["to", "up", "down", "times"]
    n: float = Field(ge=0, le=100_000)

    def of(self, current: int) -> int:
        """The absolute count this means when the target has `current` now; may be negative."""
        match self.how:
            case "to":
                return int(self.n)
            case "up":
                return current + int(self.n)
            case "down":
                return current - int(self.n)
            case "times":
                return int(current * self.n + 0.5)

    def __str__(self) -> str:
        sign = {"to": "", "up": "+", "down": "-", "times": "x"}[self.how]
        return f"{sign}{self.n:g}"


class BaseChange(Value):
    """Base of changes. `action` is what policies call the command that asks for it."""

    action: ClassVar[str] = "scale"


class Scale(BaseChange):
    """Set the desired count of tasks or replicas."""

    kind: Literal["scale"] = "scale"
    desired: Amount


class CapacityBounds(BaseChange):
    """Set the autoscaler's minimum and maximum; None leaves one as it is."""

    kind: Literal["bounds"] = "bounds"
    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=1)


class Concurrency(BaseChange):
    """Set a function's reserved or provisioned concurrency; `none` removes the setting."""

    kind: Literal["concurrency"] = "concurrency"
    reserved: int | Literal["none"] | None = None
    provisioned: int | Literal["none"] | None = None


class Memory(BaseChange):
    """Set the memory of a function or of a task, in MiB."""

    kind: Literal["memory"] = "memory"
    mib: int = Field(ge=128, le=122_880)


class InstanceClass(BaseChange):
    """Move a database to another instance class, such as `db.r6g.large`, at once."""

    kind: Literal["class"] = "class"
    to: str = Field(pattern=r"^(db|cache)\.[a-z0-9-]+\.[a-z0-9]+$")


class Replicas(BaseChange):
    """Set how many read replicas a database has."""

    kind: Literal["replicas"] = "replicas"
    count: Amount


class RateLimit(BaseChange):
    """Set a usage plan's rate (requests a second) and burst (requests); None leaves one as it is."""

    kind: Literal["rate"] = "rate"
    rate: float | None = Field(default=None, ge=0)
    burst: int | None = Field(default=None, ge=0)


class Capacity(BaseChange):
    """Set a table's provisioned read and write capacity units; None leaves one as it is."""

    kind: Literal["capacity"] = "capacity"
    read: int | None = Field(default=None, ge=1)
    write: int | None = Field(default=None, ge=1)


class Rollback(BaseChange):
    """Go back to a version that ran before; None is the one that ran before this one."""

    action: ClassVar[str] = "rollback"
    kind: Literal["rollback"] = "rollback"
    version: str | None = None


class Restart(BaseChange):
    """Replace every task or pod by a fresh one of the same version."""

    action: ClassVar[str] = "restart"
    kind: Literal["restart"] = "restart"
    hard: bool = False


class Failover(BaseChange):
    """Let another instance of a database take over the writes; an empty name lets the plan say which."""

    action: ClassVar[str] = "failover"
    kind: Literal["failover"] = "failover"
    to: str = ""


class Promote(BaseChange):
    """Let a rollout that waits for people go on; `full` leaves out every step that is left."""

    action: ClassVar[str] = "promote"
    kind: Literal["promote"] = "promote"
    full: bool = False


class Deploy(BaseChange):
    """Run a version: an image tag, or a published version of a function.

    as_written: the reference as it ran before, `main` or `main@sha256:…`, and not what its tag points to now.
    """

    action: ClassVar[str] = "deploy"
    kind: Literal["deploy"] = "deploy"
    version: str
    as_written: bool = False


class Configure(BaseChange):
    """Set and unset environment variables; all others stay as they are.

    A value `secret:NAME` is a reference to Secrets Manager, resolved only as it is applied.
    """

    action: ClassVar[str] = "config.set"
    kind: Literal["configure"] = "configure"
    set: dict[str, str] = Field(default={})
    unset: tuple[str, ...] = ()


class Backup(BaseChange):
    """Take a snapshot or dump; an empty name lets the backend make one that says when."""

    action: ClassVar[str] = "backup"
    kind: Literal["backup"] = "backup"
    name: str = ""


class Restore(BaseChange):
    """Restore a backup: of an instance into a new one beside it, of a dump into the database.

    Either the backup's name, or the moment (UTC) that the data is to be of.
    """

    action: ClassVar[str] = "restore"
    kind: Literal["restore"] = "restore"
    backup: str = ""
    at: datetime | None = None


class Swap(BaseChange):
    """Let the restored instance take the name of the one in use, which keeps its data under `-old`."""

    action: ClassVar[str] = "restore"
    kind: Literal["swap"] = "swap"


class KillIdle(BaseChange):
    """End database sessions that have been idle for longer than this."""

    action: ClassVar[str] = "db.kill-idle"
    kind: Literal["kill-idle"] = "kill-idle"
    older: timedelta


class Flush(BaseChange):
    """Empty a cache."""

    action: ClassVar[str] = "cache.flush"
    kind: Literal["flush"] = "flush"


class Retain(BaseChange):
    """Keep logs for so many days."""

    action: ClassVar[str] = "logs.retain"
    kind: Literal["retain"] = "retain"
    days: int | Literal["forever"]


class SaveLogs(BaseChange):
    """Copy the logs as they are now to where evidence is kept; an empty name says when."""

    action: ClassVar[str] = "logs.save"
    kind: Literal["save-logs"] = "save-logs"
    name: str = ""


class Block(BaseChange):
    """Block an address range at the load balancer, or (`lift`) no longer."""

    action: ClassVar[str] = "block"
    kind: Literal["block"] = "block"
    cidr: str
    lift: bool = False


class AttachWaf(BaseChange):
    """Put the web ACL before the load balancer, or (`detach`) take it away."""

    action: ClassVar[str] = "block"
    kind: Literal["waf"] = "waf"
    detach: bool = False


Change = Annotated[
    Scale
    | CapacityBounds
    | Concurrency
    | Memory
    | InstanceClass
    | Replicas
    | RateLimit
    | Capacity
    | Rollback
    | Restart
    | Failover
    | Promote
    | Deploy
    | Configure
    | Backup
    | Restore
    | Swap
    | KillIdle
    | Flush
    | Retain
    | SaveLogs
    | Block
    | AttachWaf,
    Field(discriminator="kind"),
]
