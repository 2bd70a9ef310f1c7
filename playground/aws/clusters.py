"""What ECS holds: clusters, task definitions, services, their deployments and tasks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

LIVE = frozenset({"PENDING", "RUNNING"})


@dataclass
class TaskDefinition:
    """One registered revision of a family; `body` is what was registered, in the API's own words."""

    arn: str
    family: str
    revision: int
    body: dict[str, Any]
    registered_at: datetime
    status: str = "ACTIVE"
    tags: list[dict[str, str]] = field(default_factory=list[dict[str, str]])

    @property
    def containers(self) -> list[dict[str, Any]]:
        """The container definitions, the essential one first as registered."""
        found: list[dict[str, Any]] = self.body["containerDefinitions"]
        return found


@dataclass
class Task:
    """One task of a service; `status` is PENDING, RUNNING or STOPPED."""

    arn: str
    deployment: str
    definition: TaskDefinition
    ip: str
    zone: str
    created_at: datetime
    status: str = "PENDING"
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    stop_code: str = ""
    stopped_reason: str = ""
    exit_code: int | None = None
    container_reason: str = ""

    @property
    def id(self) -> str:
        """The last part of the ARN."""
        return self.arn.rsplit("/", 1)[-1]

    def stop(self, at: datetime, code: str, reason: str, exit_code: int | None) -> None:
        """Make it stopped, with the reasons a person will read."""
        self.status, self.stopped_at = "STOPPED", at
        self.stop_code, self.stopped_reason, self.exit_code = code, reason, exit_code


@dataclass
class Deployment:
    """One entry of `deployments[]`; `is_proven` is set on one that a circuit breaker went back to."""

    id: str
    definition: TaskDefinition
    desired: int
    created_at: datetime
    updated_at: datetime
    revision: str
    status: str = "PRIMARY"
    rollout: str = "IN_PROGRESS"
    reason: str = ""
    failed: int = 0
    is_proven: bool = False


@dataclass
class ServiceDeployment:
    """The lasting record of one deployment (ListServiceDeployments).

    stage, stage_since, weight: of blue/green: where it is, since when, and green's share of production
    traffic in percent. paused_at: the stage at which a pause hook holds it.
    """

    arn: str
    deployment: str
    revision: str
    sources: list[str]
    created_at: datetime
    status: str = "IN_PROGRESS"
    reason: str = ""
    finished_at: datetime | None = None
    rollback: dict[str, Any] | None = None
    stage: str = ""
    stage_since: datetime | None = None
    weight: float = 0.0
    paused_at: str = ""


@dataclass
class ServiceRevision:
    """What one deployment put in place (DescribeServiceRevisions)."""

    arn: str
    definition: TaskDefinition
    created_at: datetime


@dataclass
class EcsService:
    """One service and all that moves in it; times are absolute, `ticked_at` is how far it has moved."""

    name: str
    arn: str
    cluster: "Cluster"
    desired: int
    created_at: datetime
    ticked_at: datetime
    configuration: dict[str, Any]
    load_balancers: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    network: dict[str, Any] = field(default_factory=dict[str, Any])
    tags: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    status: str = "ACTIVE"
    deployments: list[Deployment] = field(default_factory=list[Deployment])
    records: list[ServiceDeployment] = field(default_factory=list[ServiceDeployment])
    controller: str = "ECS"
    revisions: dict[str, ServiceRevision] = field(default_factory=dict[str, ServiceRevision])
    tasks: list[Task] = field(default_factory=list[Task])
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    is_steady: bool = True
    outside_since: datetime | None = None

    @property
    def primary(self) -> Deployment:
        """The deployment that the service is on, or on its way to."""
        return self.deployments[0]

    def of(self, deployment: Deployment | None, *statuses: str) -> list[Task]:
        """Tasks of a deployment (of all, when None) in these states, oldest first."""
        wanted = statuses or tuple(LIVE)
        return [
            task
            for task in self.tasks
            if task.status in wanted and (deployment is None or task.deployment == deployment.id)
        ]

    def record_of(self, deployment: Deployment) -> ServiceDeployment:
        """The latest lasting record of this deployment."""
        return next(record for record in self.records if record.deployment == deployment.id)


@dataclass
class Cluster:
    """One cluster and its services by name."""

    name: str
    arn: str
    services: dict[str, EcsService] = field(default_factory=dict[str, EcsService])
