"""ECS's own blue/green, linear and canary deployments: what a plan says of them, and where one is: pure.

Sources: Amazon ECS Developer Guide, blue/green service deployments workflow; API reference, ServiceDeployment
and DeploymentConfiguration.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import Any, cast

from backends.ecs.target import Json, primary_of, short
from model.plan import Plan, Progress, Step, Warning

STOP = "ecs:StopServiceDeployment"
_NAMES = {"BLUE_GREEN": "blue/green", "LINEAR": "linear", "CANARY": "canary"}
_UNDER_WAY = frozenset({"PENDING", "IN_PROGRESS"})
GOES_BACK = frozenset({"ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"})

USUAL = timedelta(minutes=30)
"""What a deployment may take besides its bakes."""

_STAGES = {
    "RECONCILE_SERVICE": "ECS puts earlier revisions in order",
    "PRE_SCALE_UP": "green is about to start",
    "SCALE_UP": "green is scaling up; all traffic goes to blue",
    "POST_SCALE_UP": "green runs; all traffic goes to blue",
    "TEST_TRAFFIC_SHIFT": "test traffic is moving to green; production stays on blue",
    "POST_TEST_TRAFFIC_SHIFT": "green has the test traffic; production stays on blue",
    "PRE_PRODUCTION_TRAFFIC_SHIFT": "production traffic is about to move to green",
    "PRODUCTION_TRAFFIC_SHIFT": "production traffic is moving to green",
    "POST_PRODUCTION_TRAFFIC_SHIFT": "production traffic is on green; blue is kept",
    "BAKE_TIME": "production traffic is on green; blue is kept while it bakes",
    "CLEAN_UP": "the bake is over; blue is being stopped",
}
"""A lifecycle stage, as a person reads it. Green is what is new, blue what ran before."""


def strategy_of(seen: Json) -> str:
    """`blue/green`, `linear` or `canary`; empty for a rolling update."""
    return _NAMES.get(str(_configuration(seen).get("strategy", "")), "")


def takes(seen: Json) -> timedelta:
    """How long a deployment may well take: bakes and all. Zero for a rolling update."""
    return USUAL + _steps(seen)[1] + _bake(seen) if strategy_of(seen) else timedelta()


def strategy_note(seen: Json) -> tuple[Warning, ...]:
    """That it is no rolling update, how traffic moves, and how long that takes at least."""
    name, (how, steps), bake = strategy_of(seen), _steps(seen), _bake(seen)
    if not name:
        return ()
    kept, least = (int(span.total_seconds() // 60) for span in (bake, steps + bake))
    text = (
        f"ECS deploys it {name}: fresh tasks start beside those that run, then {how}. What runs now is kept "
        f"for a bake time of {kept} min, so this takes {least} min and more; until it is over, going back is "
        "a matter of seconds."
    )
    return (Warning(level="note", code="blue-green", text=text),)


def is_under_way(record: Json) -> bool:
    """Whether a service deployment can still be stopped."""
    return str(record.get("status")) in _UNDER_WAY


def stopping(record: Json, back_to: str) -> Step:
    """One StopServiceDeployment, which gives traffic back to what ran before."""
    params = {"serviceDeploymentArn": str(record["serviceDeploymentArn"]), "stopType": "ROLLBACK"}
    return Step(
        call=STOP, params=dict(params), says=f"Stop the deployment under way; traffic back to {back_to}"
    )


def stage_progress(plan: Plan, seen: Json, record: Json, why: str) -> Progress:
    """How a deployment that shifts traffic is coming along. why: what fails, so far."""
    status, primary = str(record["status"]), primary_of(seen)
    goal = cast(dict[str, Any], plan.goal)
    progress = Progress(
        wanted=int(seen["desiredCount"]),
        running=int(primary.get("runningCount", 0)),
        starting=int(primary.get("pendingCount", 0)),
        failed=int(primary.get("failedTasks", 0)),
        last_event=_stage(record),
        why=why,
    )
    return progress.model_copy(update=_end(goal, seen, record, status, why))


def _end(goal: dict[str, Any], seen: Json, record: Json, status: str, why: str) -> dict[str, Any]:
    is_going_back = "stops" in goal
    said = str(record.get("statusReason") or "").strip()
    match status:
        case "SUCCESSFUL" if is_going_back:
            return {"ok": False, "why": "The deployment had come through before it could be stopped."}
        case "SUCCESSFUL":
            running = short(seen["taskDefinition"])
            if running != goal["task_definition"]:
                return {"ok": False, "why": f"Someone else deployed {running} meanwhile."}
            return {"ok": True, "why": "", "last_event": "The bake is over, and blue is stopped."}
        case "ROLLBACK_SUCCESSFUL" if is_going_back:
            return {"ok": True, "why": "", "last_event": "All traffic is on what ran before."}
        case "ROLLBACK_SUCCESSFUL":
            told = f"ECS rolled it back to {short(seen['taskDefinition'])}: {said or 'it gives no reason'}"
            return {"ok": False, "why": f"{told} {why}".strip()}
        case "STOPPED" | "ROLLBACK_FAILED":
            told = f"The deployment is {status.lower().replace('_', ' ')}: {said or 'ECS gives no reason'}"
            return {"ok": False, "why": f"{told} {why}".strip()}
        case _:
            return {}


def _stage(record: Json) -> str:
    """The stage in words, when it ends where that is known, and who holds it up."""
    if str(record["status"]) in GOES_BACK:
        return "It goes back: traffic is given to what ran before."
    stage = str(record.get("lifecycleStage") or "")
    said = _STAGES.get(stage, stage.lower().replace("_", " ")) or "ECS has not begun"
    share = cast(Json, record.get("targetServiceRevision") or {}).get("requestedProductionTrafficWeight")
    if stage == "PRODUCTION_TRAFFIC_SHIFT" and share is not None:
        said = f"{said} ({float(share):g} % so far)"
    since = cast(datetime | None, record.get("updatedAt"))
    if stage == "BAKE_TIME" and since is not None:
        until = since + _bake({"deploymentConfiguration": record.get("deploymentConfiguration")})
        said = f"{said}, until about {until:%H:%M} UTC"
    hooks = cast(list[Json], record.get("lifecycleHookDetails") or [])
    if any(one.get("status") == "AWAITING_ACTION" for one in hooks):
        said = f"{said}. A pause hook holds it: continue or roll back in ECS"
    return f"{said[0].upper()}{said[1:]}."


def _configuration(seen: Json) -> Json:
    return cast(Json, seen.get("deploymentConfiguration") or {})


def _bake(seen: Json) -> timedelta:
    return timedelta(minutes=int(_configuration(seen).get("bakeTimeInMinutes") or 0))


def _steps(seen: Json) -> tuple[str, timedelta]:
    """How production traffic moves, in words, and how long that takes by itself."""
    configuration = _configuration(seen)
    match configuration.get("strategy"):
        case "CANARY":
            told = cast(Json, configuration.get("canaryConfiguration") or {})
            percent, minutes = told.get("canaryPercent", 5.0), int(told.get("canaryBakeTimeInMinutes", 10))
            return f"{percent:g} % of traffic for {minutes} min, then all of it", timedelta(minutes=minutes)
        case "LINEAR":
            told = cast(Json, configuration.get("linearConfiguration") or {})
            percent, minutes = told.get("stepPercent", 10.0), int(told.get("stepBakeTimeInMinutes", 6))
            count = ceil(100 / percent)
            how = f"{percent:g} % more of traffic every {minutes} min"
            return how, timedelta(minutes=minutes * (count - 1))
        case _:
            return "all traffic moves at once", timedelta()
