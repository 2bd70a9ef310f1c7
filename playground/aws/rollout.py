"""How an ECS service moves: tasks start one by one, a bad deployment fails, the circuit breaker goes back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from playground.aws import blue_green
from playground.aws.clusters import (
    Deployment,
    EcsService,
    ServiceDeployment,
    ServiceRevision,
    Task,
    TaskDefinition,
)
from playground.aws.ids import Ids

MOST_TICKS = 2000
MOST_STOPPED = 40
MOST_EVENTS = 100
CRASHED = "Essential container in task exited"
UNABLE = (
    "is unable to consistently start tasks successfully. For more information, "
    "see the Troubleshooting section of the Amazon ECS Developer Guide."
)


@dataclass(frozen=True)
class Crash:
    """How a container ends that does not come up."""

    exit_code: int
    reason: str


EXIT = Crash(1, "Error: the process ended with exit code 1")
OUT_OF_MEMORY = Crash(137, "OutOfMemoryError: Container killed due to memory usage")


@dataclass
class Rollout:
    """The scheduler of one region.

    pace: time for one task to start. is_failing: new tasks crash on start, in the way of `crash`.
    minute: how long a minute of a bake time takes. paused_at: the stage that new deployments
    have a pause hook at.
    """

    ids: Ids
    pace: timedelta
    is_failing: bool = False
    crash: Crash = EXIT
    minute: timedelta = timedelta(minutes=1)
    paused_at: str = ""

    def deploy(self, service: EcsService, definition: TaskDefinition, at: datetime) -> Deployment:
        """Put a new PRIMARY deployment in front; what ran before becomes ACTIVE and drains."""
        arn = service.arn.replace(":service/", ":service-revision/") + "/" + self.ids.digits(19)
        service.revisions[arn] = ServiceRevision(arn, definition, at)
        self._supersede(service, at)
        fresh = Deployment(
            id="ecs-svc/" + self.ids.digits(19),
            definition=definition,
            desired=service.desired,
            created_at=at,
            updated_at=at,
            revision=arn,
            reason="",
        )
        fresh.reason = f"ECS deployment {fresh.id} in progress."
        sources = [each.revision for each in service.deployments]
        service.deployments.insert(0, fresh)
        record = service.arn.replace(":service/", ":service-deployment/") + "/" + self.ids.hex(21)
        made = ServiceDeployment(record, fresh.id, arn, sources, at, paused_at=self.paused_at)
        service.records.insert(0, made)
        service.is_steady = False
        return fresh

    def _supersede(self, service: EcsService, at: datetime) -> None:
        over = {"IN_PROGRESS": "STOPPED", "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED"}
        for record in service.records:
            if record.status in over:
                record.status, record.finished_at = over[record.status], at
                record.reason = "Service deployment was stopped because of a new service deployment."
        for old in service.deployments:
            old.status, old.updated_at = "ACTIVE", at

    def scale(self, service: EcsService, desired: int, at: datetime) -> None:
        """Ask for another number of tasks. Not a deployment: the rollout state stays."""
        service.desired = service.primary.desired = desired
        service.primary.updated_at = at
        service.is_steady = False

    def begin(self, service: EcsService, at: datetime) -> None:
        """After a change: launch what may be launched now; the first task is up one pace later."""
        service.ticked_at = max(service.ticked_at, at)
        self._launch(service, at)

    def tick(self, service: EcsService, at: datetime) -> bool:
        """One pace goes by. Returns whether anything moved."""
        if service.is_steady:
            return False
        before = _marks(service)
        blue_green.move(service, at, self.minute)
        self._start_one(service, at)
        self._stop_one(service, at)
        self._launch(service, at)
        self._settle(service, at)
        self._forget(service)
        return service.is_steady or before != _marks(service)

    def _start_one(self, service: EcsService, at: datetime) -> None:
        pending = service.of(None, "PENDING")
        if not pending:
            return
        task = pending[0]
        owner = next(each for each in service.deployments if each.id == task.deployment)
        owner.updated_at = at
        if self.is_failing and not owner.is_proven:
            self._crash(service, owner, task, at)
            return
        task.status, task.started_at = "RUNNING", at
        for balancer in service.load_balancers:
            group = balancer["targetGroupArn"]
            self.say(service, at, f"registered 1 targets in (target-group {group})")

    def _crash(self, service: EcsService, owner: Deployment, task: Task, at: datetime) -> None:
        task.started_at = at
        task.container_reason = self.crash.reason
        task.stop(at, "EssentialContainerExited", CRASHED, self.crash.exit_code)
        owner.failed += 1
        if owner.failed % 3 == 0:
            self.say(service, at, UNABLE)
        breaker = service.configuration.get("deploymentCircuitBreaker", {})
        if not blue_green.is_rolling(service):
            return  # the circuit breaker is of rolling updates only (API reference, DeploymentConfiguration)
        if owner.rollout == "IN_PROGRESS" and breaker.get("enable") and owner.failed >= threshold(service):
            self._trip(service, owner, at, bool(breaker.get("rollback")))

    def _trip(self, service: EcsService, owner: Deployment, at: datetime, goes_back: bool) -> None:
        owner.rollout, owner.updated_at = "FAILED", at
        owner.reason = "ECS deployment circuit breaker: tasks failed to start."
        self.say(service, at, "deployment failed: tasks failed to start.", owner)
        record = service.record_of(owner)
        earlier = next((each for each in service.deployments if each.rollout == "COMPLETED"), None)
        if not goes_back or earlier is None:
            record.status, record.finished_at, record.reason = "STOPPED", at, owner.reason
            return
        owner.status, earlier.status = "ACTIVE", "PRIMARY"
        earlier.rollout, earlier.is_proven, earlier.desired = "IN_PROGRESS", True, service.desired
        earlier.updated_at = at
        earlier.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {earlier.id}."
        service.deployments.remove(earlier)
        service.deployments.insert(0, earlier)
        record.status, record.reason = "ROLLBACK_IN_PROGRESS", owner.reason
        record.rollback = {"reason": owner.reason, "startedAt": at, "serviceRevisionArn": earlier.revision}
        self.say(service, at, f"rolling back to deployment {earlier.id}.", owner)

    def _stop_one(self, service: EcsService, at: datetime) -> None:
        primary = service.primary
        surplus = len(service.of(primary)) - service.desired
        old = [task for task in service.of(None) if task.deployment != primary.id]
        if blue_green.keeps_blue(service):
            old = []
        candidates = service.of(primary)[::-1] if surplus > 0 else []
        if not candidates and primary.rollout != "FAILED":
            candidates = old
        candidates.sort(key=lambda task: task.status != "PENDING")
        if not candidates:
            return
        running = len(service.of(None, "RUNNING"))
        floor = ceil(service.desired * service.configuration["minimumHealthyPercent"] / 100)
        task = candidates[0]
        if task.status == "RUNNING" and running - 1 < min(floor, service.desired):
            return
        was_running = task.status == "RUNNING"
        task.stop(
            at, "ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {primary.id})", 0
        )
        if was_running:
            self._say_stopped(service, task, at)

    def _say_stopped(self, service: EcsService, task: Task, at: datetime) -> None:
        for balancer in service.load_balancers:
            group = balancer["targetGroupArn"]
            self.say(service, at, f"deregistered 1 targets in (target-group {group})")
        self.say(service, at, "has begun draining connections on 1 tasks.")
        self.say(service, at, f"has stopped 1 running tasks: (task {task.id}).")

    def _launch(self, service: EcsService, at: datetime) -> None:
        primary = service.primary
        if primary.rollout == "FAILED":
            return
        ceiling = service.desired * service.configuration["maximumPercent"] // 100
        missing = service.desired - len(service.of(primary))
        room = max(ceiling, service.desired if len(service.deployments) == 1 else 0) - len(service.of(None))
        launched = [self._new_task(service, primary, at) for _ in range(min(missing, room))]
        if launched:
            names = " ".join(f"(task {task.id})" for task in launched)
            self.say(service, at, f"has started {len(launched)} tasks: {names}.")

    def _new_task(self, service: EcsService, owner: Deployment, at: datetime) -> Task:
        region = service.arn.split(":")[3]
        place = self.ids.number(2)
        task = Task(
            arn=service.cluster.arn.replace(":cluster/", ":task/") + "/" + self.ids.hex(32),
            deployment=owner.id,
            definition=owner.definition,
            ip=f"10.0.{11 + place}.{10 + self.ids.number(240)}",
            zone=region + "ab"[place],
            created_at=at,
        )
        service.tasks.append(task)
        return task

    def _settle(self, service: EcsService, at: datetime) -> None:
        primary = service.primary
        service.deployments = [each for each in service.deployments if each is primary or service.of(each)]
        up = len(service.of(primary, "RUNNING"))
        if len(service.deployments) > 1 or up != service.desired or len(service.of(None)) != service.desired:
            return
        if primary.rollout == "IN_PROGRESS":
            primary.rollout, primary.updated_at = "COMPLETED", at
            primary.reason = f"ECS deployment {primary.id} completed."
            primary.is_proven = False
            self._close_record(service, at)
            self.say(service, at, "deployment completed.", primary)
        service.is_steady = True
        self.say(service, at, "has reached a steady state.")

    def _close_record(self, service: EcsService, at: datetime) -> None:
        record = service.records[0]
        is_rollback = record.status == "ROLLBACK_IN_PROGRESS"
        record.status = "ROLLBACK_SUCCESSFUL" if is_rollback else "SUCCESSFUL"
        record.finished_at = at

    def _forget(self, service: EcsService) -> None:
        stopped = service.of(None, "STOPPED")
        for task in stopped[: max(0, len(stopped) - MOST_STOPPED)]:
            service.tasks.remove(task)

    def say(self, service: EcsService, at: datetime, what: str, deployment: Deployment | None = None) -> None:
        """Put an event in front of the service's events, in the words of AWS."""
        about = f" (deployment {deployment.id})" if deployment else ""
        message = f"(service {service.name}){about} {what}"
        service.events.insert(0, {"id": self.ids.uuid(), "createdAt": at, "message": message})
        del service.events[MOST_EVENTS:]


def _marks(service: EcsService) -> list[tuple[object, ...]]:
    """Changes whenever something moved."""
    first = service.records[0]
    return [*((task.arn, task.status) for task in service.tasks), (first.status, first.stage, first.weight)]


def threshold(service: EcsService) -> int:
    """Failed tasks after which the circuit breaker trips: half the desired count, at least 3, at most 200."""
    return min(max(ceil(service.desired * 0.5), 3), 200)
