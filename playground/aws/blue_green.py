"""ECS's own blue/green, linear and canary deployments: stage by stage, blue kept until the bake is over.

Sources: Amazon ECS Developer Guide, blue/green service deployments workflow and stopping service deployments;
API reference, ServiceDeployment and DeploymentConfiguration. Which deployment is PRIMARY meanwhile is not
documented: here it is green from the start, and blue again once it is rolled back.
"""

from datetime import datetime, timedelta
from typing import Any

from playground.aws.clusters import EcsService, ServiceDeployment

ROLLING = "ROLLING"
SHIFT, BAKE, CLEAN_UP = "PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP"
STAGES = (
    *("PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT"),
    *("PRE_PRODUCTION_TRAFFIC_SHIFT", SHIFT, "POST_PRODUCTION_TRAFFIC_SHIFT", BAKE, CLEAN_UP),
)
STOPPABLE = frozenset({"PENDING", "IN_PROGRESS"})


def is_rolling(service: EcsService) -> bool:
    """Whether its tasks are replaced one by one."""
    return service.configuration.get("strategy", ROLLING) == ROLLING


def keeps_blue(service: EcsService) -> bool:
    """Whether what ran before must stay as it is: until the bake is over, or green is given up."""
    return not is_rolling(service) and any(
        one.status == "IN_PROGRESS" and one.stage != CLEAN_UP for one in service.records
    )


def move(service: EcsService, at: datetime, minute: timedelta) -> None:
    """One pace of the deployment under way. minute: how long a minute of its configuration takes."""
    record = service.records[0]
    if record.status == "ROLLBACK_REQUESTED":
        _go_back(service, record, at)
    if is_rolling(service) or record.status != "IN_PROGRESS":
        return
    record.stage = record.stage or STAGES[0]
    record.stage_since = record.stage_since or at
    if _may_leave(service, record, at, minute):
        record.stage, record.stage_since = STAGES[STAGES.index(record.stage) + 1], at


def _may_leave(service: EcsService, record: ServiceDeployment, at: datetime, minute: timedelta) -> bool:
    spent = at - (record.stage_since or at)
    match record.stage:
        case "SCALE_UP":
            return len(service.of(service.primary, "RUNNING")) >= service.desired
        case "PRODUCTION_TRAFFIC_SHIFT":
            return _shifted(service.configuration, record, at, minute)
        case "BAKE_TIME":
            return spent >= minute * int(service.configuration.get("bakeTimeInMinutes", 0))
        case "CLEAN_UP":
            return False
        case _:
            return record.stage != record.paused_at


def _shifted(
    configuration: dict[str, Any], record: ServiceDeployment, at: datetime, minute: timedelta
) -> bool:
    """Give green its next share of production traffic, once the share before has baked."""
    step, bake = 100.0, 0
    match configuration["strategy"]:
        case "CANARY":
            told = configuration.get("canaryConfiguration", {})
            step, bake = told.get("canaryPercent", 5.0), told.get("canaryBakeTimeInMinutes", 10)
            step = step if record.weight == 0 else 100.0
        case "LINEAR":
            told = configuration.get("linearConfiguration", {})
            step, bake = told.get("stepPercent", 10.0), told.get("stepBakeTimeInMinutes", 6)
        case _:
            pass  # blue/green: all at once
    if record.weight == 0 or at - (record.stage_since or at) >= minute * bake:
        record.weight, record.stage_since = min(100.0, record.weight + step), at
    return record.weight == 100.0


def _go_back(service: EcsService, record: ServiceDeployment, at: datetime) -> None:
    """All traffic to blue at once; green is stopped."""
    green = service.primary
    blue = next((one for one in service.deployments if one is not green), None)
    if blue is None:
        record.status, record.finished_at = "ROLLBACK_FAILED", at
        return
    record.status, record.weight = "ROLLBACK_IN_PROGRESS", 0.0
    green.status, blue.status = "ACTIVE", "PRIMARY"
    blue.rollout, blue.is_proven, blue.desired, blue.updated_at = "IN_PROGRESS", True, service.desired, at
    service.deployments.remove(blue)
    service.deployments.insert(0, blue)
