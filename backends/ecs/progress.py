"""How a change of an ECS service is coming along, from what a look showed: pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from backends.ecs.target import Json, primary_of, short
from model.plan import Plan, Progress

ALIKE = 3
"""From so many failures of the same kind on it is said that the rest will fail too."""

_OWN = re.compile(r"[0-9a-f]{8,}|\d{6,}|\d+\.\d+\.\d+\.\d+")
_UNABLE = ("was unable to place a task", "failed to launch a task", "unable to assume the role")
"""What ECS writes into a service's events (Amazon ECS Developer Guide, service event messages)."""


@dataclass(frozen=True)
class Observation:
    """One look at a change. stopped: why tasks stopped since; taken_back: why ECS rolled it back.

    unable: what ECS itself says of tasks that it cannot even start, since then; empty when it says nothing.
    is_fresh: the change is so new that ECS may still show what was before it. watched_s: since when.
    """

    service: Json
    stopped: Sequence[str] = ()
    taken_back: str = ""
    unable: str = ""
    is_fresh: bool = False
    watched_s: float = 0.0


def progress_of(plan: Plan, look: Observation) -> Progress:
    """The look held against the plan's goal."""
    goal, seen = cast(dict[str, Any], plan.goal), look.service
    deploys = "task_definition" in goal
    primary = primary_of(seen)
    is_ours = deploys and primary.get("id") != goal["not"]
    part = primary if is_ours else seen if not deploys or _goes_back(seen) else {}
    events = cast(list[Json], seen.get("events") or [])
    progress = Progress(
        wanted=int(seen["desiredCount"] if deploys else goal["desired"]),
        running=int(part.get("runningCount", 0)),
        starting=int(part.get("pendingCount", 0)),
        failed=max(int(primary.get("failedTasks", 0)) if is_ours else 0, len(look.stopped)),
        last_event=str(events[0]["message"]) if events else "",
        why=failing(look.stopped) or look.unable,
    )
    end = _deployment_end if deploys else _count_end
    return progress.model_copy(update=end(goal, look, progress))


def failing(stopped: Sequence[str]) -> str:
    """Why tasks stop; from the third of the same kind on that they go on doing so. stopped: latest first."""
    if not stopped:
        return ""
    kinds = Counter(_kind(one) for one in stopped)
    kind, times = kinds.most_common(1)[0]
    if times < ALIKE:
        return stopped[0]
    why = next(one for one in stopped if _kind(one) == kind)
    return f"{times} tasks failed alike, so waiting will hardly help: {why}"


def unable(seen: Json, since: datetime) -> str:
    """The latest that ECS says since then of tasks it cannot place or start; of these none stops."""
    for one in cast(list[Json], seen.get("events") or []):
        message = str(one["message"])
        if cast(datetime, one["createdAt"]) >= since and any(words in message for words in _UNABLE):
            return message.partition(") ")[2] or message
    return ""


def _kind(why: str) -> str:
    """The reason without what differs from task to task: ids, addresses and numbers of six digits or more."""
    return _OWN.sub("…", why)


def why_stopped(task: Json) -> str:
    """The reason a task stopped by itself; empty for one that a person, a rollout or scaling stopped.

    A task that failed its load balancer's health check was stopped by the scheduler, and is named.
    """
    reason = str(task.get("stoppedReason") or "")
    code = str(task.get("stopCode") or "")
    if code == "UserInitiated" or (code == "ServiceSchedulerInitiated" and reason.startswith("Scaling")):
        return ""
    return "; ".join(part for part in (reason, *_containers(task)) if part)


def is_settled(seen: Json) -> bool:
    """Whether no deployment of the service is under way."""
    return not any(one.get("rolloutState") == "IN_PROGRESS" for one in seen["deployments"])


def _containers(task: Json) -> list[str]:
    """How each container ended that did not end well."""
    found: list[str] = []
    for one in cast(list[Json], task.get("containers") or []):
        code, reason = one.get("exitCode"), str(one.get("reason") or "")
        if code in (None, 0) and not reason:
            continue
        is_killed = code == 137 or "OutOfMemory" in reason
        parts = (
            f"{one.get('name')}:",
            "" if code is None else f"exit code {code}",
            "(out of memory or killed)" if is_killed and "OutOfMemory" not in reason else "",
            reason,
        )
        found.append(" ".join(part for part in parts if part))
    return found


def _goes_back(seen: Json) -> bool:
    """Whether a deployment failed and ECS is on its way back to the one before."""
    has_failed = any(one.get("rolloutState") == "FAILED" for one in seen["deployments"])
    return has_failed or "rolling back" in str(primary_of(seen).get("rolloutStateReason") or "")


def _over(why: str, progress: Progress) -> dict[str, Any]:
    return {"ok": False, "why": f"{why} {progress.why}".strip()}


def _count_end(goal: dict[str, Any], look: Observation, progress: Progress) -> dict[str, Any]:
    """Over when as many run as were asked for, or when they are no longer asked for."""
    desired = int(look.service["desiredCount"])
    if desired != goal["desired"]:
        if look.is_fresh and desired == goal["from"]:
            return {}
        if "fought_by" not in goal:
            return _over(f"Something else set the desired count to {desired}.", progress)
        said = f"{goal['fought_by']} set the desired count back to {desired}."
        return _over(f"{said} To hold it, type {goal['hold']}", progress)
    if progress.running != progress.wanted or progress.starting:
        return {}
    if "fought_by" not in goal or look.watched_s >= float(goal["settles_s"]):
        return {"ok": True, "why": ""}
    said = f"All run. {goal['fought_by']} may set them back, so this is watched for one of its checks."
    return {"last_event": said}


def _deployment_end(goal: dict[str, Any], look: Observation, progress: Progress) -> dict[str, Any]:
    """Over when the new deployment is through, has failed, was taken back or was replaced."""
    seen, primary = look.service, primary_of(look.service)
    if look.taken_back:
        return _over(f"ECS rolled it back to {short(seen['taskDefinition'])}: {look.taken_back}", progress)
    if primary.get("id") == goal["not"]:
        waits = look.is_fresh or not is_settled(seen)
        return {} if waits else _over("ECS has no deployment of it.", progress)
    if _goes_back(seen) and not is_settled(seen):
        return {}
    if short(primary.get("taskDefinition")) != goal["task_definition"]:
        return _over(f"Someone else deployed {short(primary.get('taskDefinition'))} meanwhile.", progress)
    if primary.get("rolloutState") == "FAILED":
        return _over(str(primary.get("rolloutStateReason") or "The deployment failed."), progress)
    is_through = primary.get("rolloutState", "COMPLETED") == "COMPLETED" and len(seen["deployments"]) == 1
    is_there = progress.running == progress.wanted == int(seen["runningCount"]) and progress.starting == 0
    return {"ok": True, "why": ""} if is_through and is_there else {}
