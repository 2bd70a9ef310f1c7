"""Why tasks and pods fail, and when a change counts as over, for what the playground does not do."""

from datetime import UTC, datetime, timedelta

import pytest

from backends.ecs.progress import Observation as EcsLook
from backends.ecs.progress import progress_of as ecs_progress
from backends.ecs.progress import why_stopped
from backends.kubernetes.progress import Observation as KubeLook
from backends.kubernetes.progress import progress_of as kube_progress
from backends.kubernetes.progress import why_failing
from model.plan import Plan, RiskTier, Scale

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def plan(**goal: object) -> Plan:
    change = Scale.model_validate({"desired": {"how": "to", "n": 1}})
    return Plan.model_validate(
        {
            "service": "s",
            "change": change,
            "deltas": (),
            "steps": (),
            "tier": RiskTier.R1,
            "fingerprint": "",
            "undo": "",
            "goal": goal,
        }
    )


def ecs_service(*deployments: dict, desired: int = 2, running: int = 2) -> dict:
    primary = next(one for one in deployments if one["status"] == "PRIMARY")
    return {
        "desiredCount": desired,
        "runningCount": running,
        "pendingCount": 0,
        "taskDefinition": primary["taskDefinition"],
        "deployments": list(deployments),
    }


def deployment(id: str, version: str, state: str, status: str = "PRIMARY", **more: object) -> dict:
    counts = {"runningCount": 2, "pendingCount": 0, "failedTasks": 0}
    arn = f"arn:aws:ecs:us-east-1:1:task-definition/app:{version}"
    named = {"id": id, "status": status, "taskDefinition": arn}
    return {**named, "rolloutState": state, **counts, **more}


ROLLBACK = plan(task_definition="app:4", **{"not": "old"})


def test_a_new_deployment_that_is_through_is_done():
    seen = ecs_service(deployment("new", "4", "COMPLETED"))
    assert ecs_progress(ROLLBACK, EcsLook(seen)).ok is True


def test_a_new_deployment_beside_an_old_one_goes_on():
    seen = ecs_service(
        deployment("new", "4", "COMPLETED"), deployment("old", "5", "COMPLETED", "ACTIVE"), running=3
    )
    assert ecs_progress(ROLLBACK, EcsLook(seen)).ok is None


def test_a_deployment_without_rollout_state_is_judged_by_its_counts():
    new = deployment("new", "4", "")
    del new["rolloutState"]
    assert ecs_progress(ROLLBACK, EcsLook(ecs_service(new))).ok is True


def test_a_failed_deployment_ends_with_its_reason_and_that_of_its_tasks():
    seen = ecs_service(
        deployment("new", "4", "FAILED", rolloutStateReason="tasks failed to start.", failedTasks=3)
    )
    progress = ecs_progress(ROLLBACK, EcsLook(seen, ("app: exit code 1",)))
    assert (progress.ok, progress.why) == (False, "tasks failed to start. app: exit code 1")
    assert progress.failed == 3


def test_going_back_by_a_deployment_of_its_own_is_waited_for_and_not_someone_elses():
    reason = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/old."
    going = ecs_service(deployment("back", "5", "IN_PROGRESS", rolloutStateReason=reason))
    assert ecs_progress(ROLLBACK, EcsLook(going)).ok is None
    done = ecs_service(deployment("back", "5", "COMPLETED"))
    over = ecs_progress(ROLLBACK, EcsLook(done, taken_back="tasks failed to start."))
    assert over.why == "ECS rolled it back to app:5: tasks failed to start."


def test_what_was_before_is_waited_out_only_while_the_change_is_fresh():
    before = ecs_service(deployment("old", "5", "COMPLETED"))
    assert ecs_progress(ROLLBACK, EcsLook(before, is_fresh=True)).ok is None
    assert ecs_progress(ROLLBACK, EcsLook(before)).ok is False
    count = plan(desired=3, **{"from": 2})
    assert ecs_progress(count, EcsLook(before, is_fresh=True)).ok is None
    assert ecs_progress(count, EcsLook(before)).why == "Something else set the desired count to 2."


@pytest.mark.parametrize(
    ("task", "why"),
    [
        (
            {
                "stopCode": "ServiceSchedulerInitiated",
                "stoppedReason": "Scaling activity initiated by (deployment x)",
            },
            "",
        ),
        ({"stopCode": "UserInitiated", "stoppedReason": "Task stopped by user"}, ""),
        (
            {
                "stopCode": "ServiceSchedulerInitiated",
                "stoppedReason": "Task failed ELB health checks in (target-group x)",
            },
            "Task failed ELB health checks in (target-group x)",
        ),
        (
            {
                "stopCode": "TaskFailedToStart",
                "stoppedReason": "CannotPullContainerError: not found",
                "containers": [{"name": "app"}],
            },
            "CannotPullContainerError: not found",
        ),
        (
            {
                "stopCode": "EssentialContainerExited",
                "stoppedReason": "Essential container in task exited",
                "containers": [{"name": "app", "exitCode": 137}, {"name": "log", "exitCode": 0}],
            },
            "Essential container in task exited; app: exit code 137 (out of memory or killed)",
        ),
        (
            {"containers": [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: killed"}]},
            "app: exit code 137 OutOfMemoryError: killed",
        ),
    ],
)
def test_a_stopped_task_says_why_unless_it_was_meant_to_stop(task: dict, why: str):
    assert why_stopped(task) == why


def pod(**status: object) -> dict:
    return {"metadata": {"name": "api-1", "creationTimestamp": "2026-03-04T12:00:01Z"}, "status": status}


WAITING = {"reason": "CrashLoopBackOff", "message": "back-off 10s"}


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (pod(phase="Running", containerStatuses=[{"state": {"running": {}}}]), ""),
        (pod(containerStatuses=[{"state": {"waiting": {"reason": "ContainerCreating"}}}]), ""),
        (
            pod(
                containerStatuses=[
                    {
                        "state": {"waiting": WAITING},
                        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
                    }
                ]
            ),
            "api-1: CrashLoopBackOff, back-off 10s, exit code 137 (out of memory)",
        ),
        (
            pod(initContainerStatuses=[{"state": {"terminated": {"exitCode": 2, "reason": "Error"}}}]),
            "api-1: exit code 2 (Error)",
        ),
        (
            pod(
                containerStatuses=[
                    {"state": {"terminated": {"exitCode": 1, "reason": "Error"}}, "restartCount": 3}
                ]
            ),
            "api-1: exit code 1 (Error), restarted 3 times",
        ),
        (
            pod(conditions=[{"type": "PodScheduled", "status": "False", "message": "Insufficient cpu."}]),
            "api-1: Pending, Insufficient cpu.",
        ),
        (pod(phase="Failed", reason="Evicted", message="low on memory"), "api-1: Evicted low on memory"),
    ],
)
def test_a_pod_says_why_it_fails(item: dict, why: str):
    assert why_failing(item) == why


def test_a_pod_that_is_ending_fails_no_more():
    item = pod(containerStatuses=[{"state": {"waiting": WAITING}}])
    item["metadata"]["deletionTimestamp"] = "2026-03-04T12:00:02Z"
    assert why_failing(item) == ""


def kube(*conditions: dict, observed: int = 2, **status: int) -> dict:
    return {
        "metadata": {"generation": 2},
        "spec": {"replicas": 2, "template": {"metadata": {"annotations": None}}},
        "status": {"observedGeneration": observed, "conditions": list(conditions), **status},
    }


SCALED = plan(replicas=2)


def test_pods_that_the_cluster_will_not_create_are_explained():
    barred = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: pods"}
    assert kube_progress(SCALED, KubeLook(kube(barred), (), NOW, NOW)).why == "exceeded quota: pods"


def test_a_deadline_that_passed_before_the_change_does_not_fail_it():
    late = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    before = {**late, "lastUpdateTime": "2026-03-04T11:00:00Z"}
    after = {**late, "lastUpdateTime": "2026-03-04T12:10:00Z"}
    assert kube_progress(SCALED, KubeLook(kube(before), (), NOW, NOW)).ok is None
    assert kube_progress(SCALED, KubeLook(kube(after), (), NOW, NOW)).ok is False
    assert kube_progress(SCALED, KubeLook(kube(after, observed=1), (), NOW, NOW)).ok is None


def test_status_of_an_older_generation_is_not_taken_for_done():
    counts = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": 2}
    assert kube_progress(SCALED, KubeLook(kube(observed=1, **counts), (), NOW, NOW)).ok is None
    assert kube_progress(SCALED, KubeLook(kube(**counts), (), NOW, NOW)).ok is True


def test_pods_that_failed_before_a_rollout_are_not_counted_against_it():
    broken = pod(containerStatuses=[{"state": {"waiting": WAITING}}])
    item = kube()
    item["spec"]["template"]["metadata"]["annotations"] = {"kubectl.kubernetes.io/restartedAt": "x"}
    look = KubeLook(item, (broken,), NOW + timedelta(minutes=1), NOW)
    assert kube_progress(plan(restarted="x"), look).failed == 0
    assert kube_progress(plan(restarted="x"), KubeLook(item, (broken,), NOW, NOW)).failed == 1
