"""All that the paced AWS holds, region by region, and how far it has moved."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from playground.aws.clusters import Cluster, EcsService, TaskDefinition
from playground.aws.functions import Function
from playground.aws.ids import Ids
from playground.aws.rollout import MOST_TICKS, Rollout
from playground.aws.series import Metrics

State = TypeVar("State")


@dataclass
class ScalableTarget:
    """One registered target of application-autoscaling; `resource` is `service/<cluster>/<name>`."""

    resource: str
    arn: str
    dimension: str
    minimum: int
    maximum: int
    created_at: datetime
    suspended: dict[str, bool] = field(default_factory=dict[str, bool])


@dataclass
class Region:
    """One region. `autoscale_after` is how long a count may lie outside its bounds; None: for ever."""

    name: str
    account: str
    ids: Ids
    rollout: Rollout
    autoscale_after: timedelta | None
    clusters: dict[str, Cluster] = field(default_factory=dict[str, Cluster])
    definitions: dict[str, list[TaskDefinition]] = field(default_factory=dict[str, list[TaskDefinition]])
    targets: dict[str, ScalableTarget] = field(default_factory=dict[str, ScalableTarget])
    policies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    schedules: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    activities: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    functions: dict[str, Function] = field(default_factory=dict[str, Function])
    balancers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    groups: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    listeners: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    alarms: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    metrics: Metrics = field(default_factory=Metrics)
    others: dict[type, Any] = field(default_factory=dict[type, Any])

    def state(self, kind: type[State]) -> State:
        """What a service of `playground.aws.services` holds in this region: its own class, made empty."""
        if kind not in self.others:
            self.others[kind] = kind()
        return self.others[kind]

    @property
    def pace(self) -> timedelta:
        """How long one task takes to start."""
        return self.rollout.pace

    def arn(self, service: str, rest: str) -> str:
        """The ARN of something in this region."""
        return f"arn:aws:{service}:{self.name}:{self.account}:{rest}"

    def services(self) -> list[EcsService]:
        """Every ECS service of the region."""
        return [service for cluster in self.clusters.values() for service in cluster.services.values()]

    def advance(self, now: datetime) -> None:
        """Let everything move up to now."""
        for service in self.services():
            self._advance_service(service, now)

    def _advance_service(self, service: EcsService, now: datetime) -> None:
        for _ in range(MOST_TICKS):
            at = service.ticked_at + self.pace
            if at > now:
                return
            service.ticked_at = at
            waits = self._autoscale(service, at)
            if not self.rollout.tick(service, at) and not waits:
                break
        service.ticked_at = max(service.ticked_at, now)

    def _autoscale(self, service: EcsService, at: datetime) -> bool:
        target = self.targets.get(f"service/{service.cluster.name}/{service.name}")
        if target is None or self.autoscale_after is None or service.desired == 0:
            return False
        wanted = min(max(service.desired, target.minimum), target.maximum)
        if wanted == service.desired:
            service.outside_since = None
            return False
        service.outside_since = service.outside_since or at
        way = "DynamicScalingInSuspended" if wanted < service.desired else "DynamicScalingOutSuspended"
        if target.suspended.get(way):
            return False
        if at - service.outside_since < self.autoscale_after:
            return True
        self._record_activity(target, service, wanted, at)
        self.rollout.scale(service, wanted, at)
        service.outside_since = None
        return True

    def _record_activity(
        self, target: ScalableTarget, service: EcsService, wanted: int, at: datetime
    ) -> None:
        word, bound = ("maximum", target.maximum) if wanted < service.desired else ("minimum", target.minimum)
        activity = {
            "ActivityId": self.ids.uuid(),
            "ServiceNamespace": "ecs",
            "ResourceId": target.resource,
            "ScalableDimension": target.dimension,
            "Description": f"Setting desired count to {wanted}.",
            "Cause": f"{word} capacity was set to {bound}",
            "StartTime": at,
            "EndTime": at,
            "StatusCode": "Successful",
            "StatusMessage": (
                f"Successfully set desired count to {wanted}. Change successfully fulfilled by ecs."
            ),
        }
        self.activities.insert(0, activity)


@dataclass
class Cloud:
    """The whole account. `now` is the clock; regions come into being when first named."""

    account: str
    now: Callable[[], datetime]
    pace: timedelta
    autoscale_after: timedelta | None = None
    is_failing: bool = False
    regions: dict[str, Region] = field(default_factory=dict[str, Region])

    def region(self, name: str) -> Region:
        """The region of this name."""
        if name not in self.regions:
            ids = Ids(f"{self.account}/{name}")
            rollout = Rollout(ids, self.pace, self.is_failing)
            self.regions[name] = Region(name, self.account, ids, rollout, self.autoscale_after)
        return self.regions[name]

    def switch_failing(self, on: bool) -> None:
        """From now on new tasks crash, or no longer do; what happened before now stays."""
        now = self.now()
        self.is_failing = on
        for region in self.regions.values():
            region.advance(now)
            region.rollout.is_failing = on


@dataclass(frozen=True)
class ApiCall:
    """One call as an operation sees it: where, with what, and when."""

    region: Region
    params: dict[str, Any]
    at: datetime
    world: Cloud


Operation = Callable[[ApiCall], dict[str, Any]]
