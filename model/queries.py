"""Questions about a service: everything that can be looked at, one type each."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from model.value import Value


class HealthQuery(Value):
    """How is it?"""

    kind: Literal["health"] = "health"


class HistoryQuery(Value):
    """What ran, what was done, and what can be gone back to?"""

    kind: Literal["history"] = "history"


class LogsQuery(Value):
    """What do the logs say? `name` is a named query of the catalog; `values` fill its `{placeholders}`.

    since and until are instants in UTC. follow: for how long new lines are shown as they come.
    """

    kind: Literal["logs"] = "logs"
    name: str = ""
    pattern: str = ""
    since: datetime
    until: datetime
    values: dict[str, str] = Field(default={})
    follow: timedelta | None = None


class MetricsQuery(Value):
    """How did a metric go? Without a name: every metric of the service, as it is now."""

    kind: Literal["metrics"] = "metrics"
    name: str = ""
    since: datetime
    until: datetime


class ConfigQuery(Value):
    """How is it configured? Secrets are shown as fingerprints."""

    kind: Literal["config"] = "config"
    name: str = ""


class DatabaseQuery(Value):
    """What does the database do? `name`: connections, queries, slow, locks, replication or idle."""

    kind: Literal["db"] = "db"
    name: str
    older: timedelta = timedelta(minutes=10)


class CacheQuery(Value):
    """What does the cache hold and do? `name`: info, slowlog or bigkeys."""

    kind: Literal["cache"] = "cache"
    name: str


class CostQuery(Value):
    """What did it cost, day by day, over so many days?"""

    kind: Literal["cost"] = "cost"
    name: str = ""
    days: int = Field(default=30, ge=1, le=365)


class OnCallQuery(Value):
    """Who is on call? handles: of groups and schedules; is_team: not because a service was asked about."""

    kind: Literal["oncall"] = "oncall"
    handles: tuple[str, ...]
    is_team: bool = False


Query = Annotated[
    HealthQuery
    | HistoryQuery
    | LogsQuery
    | MetricsQuery
    | ConfigQuery
    | DatabaseQuery
    | CacheQuery
    | CostQuery
    | OnCallQuery,
    Field(discriminator="kind"),
]
