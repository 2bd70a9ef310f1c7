"""How a change of a Rollout is coming along, from what a look showed: pure."""

from typing import Any, cast

from backends.kubernetes.progress import Observation, is_since, moved, settled, why_failing
from backends.kubernetes.rollouts import index_of, is_seen, phase_of, told, waits_for_people
from backends.kubernetes.target import ROLLOUT_HASH, Json, part
from model.plan import Plan, Progress


def rollout_progress(plan: Plan, look: Observation) -> Progress:
    """The look held against the plan's goal; what it waits for, and what to type, is its last event."""
    goal, status = cast(dict[str, Any], plan.goal), part(look.item, "status")
    wanted = int(goal.get("replicas", look.item["spec"]["replicas"]))
    available = int(status.get("availableReplicas") or 0)
    pods = look.pods if "replicas" in goal or "restarted" in goal else _new_pods(look)
    failing = [why for pod in pods if (why := why_failing(pod))]
    progress = Progress(
        wanted=wanted,
        running=_running(goal, look, available),
        starting=max(0, int(status.get("replicas") or 0) - available - len(failing)),
        failed=len(failing),
        last_event=told(look.item, plan.service),
        why=failing[0] if failing else "",
    )
    return progress.model_copy(update=_end(goal, look, progress, available >= wanted))


def _new_pods(look: Observation) -> list[Json]:
    mark = part(look.item, "status").get("currentPodHash")
    return [pod for pod in look.pods if part(pod, "metadata", "labels").get(ROLLOUT_HASH) == mark]


def _running(goal: dict[str, Any], look: Observation, available: int) -> int:
    """Pods that are as they are to be: fresh ones after a restart, else those of the new version."""
    if "replicas" in goal:
        return available
    if "restarted" in goal:
        return sum(is_since(pod, look.since) and not why_failing(pod) for pod in look.pods)
    updated = int(part(look.item, "status").get("updatedReplicas") or 0)
    return min(updated, available) if is_seen(look.item) else 0


def _end(goal: dict[str, Any], look: Observation, progress: Progress, is_enough: bool) -> dict[str, Any]:
    """`ok` and `why` once nothing more will happen by itself; nothing while it goes on."""
    item = look.item
    if why := _moved(goal, item):
        return {"ok": False, "why": f"{why} {progress.why}".strip()}
    if not is_seen(item):
        return {}
    if "replicas" in goal:
        return settled(goal, look) if is_enough else {}
    if "restarted" in goal:
        is_through = part(item, "status").get("restartedAt") == goal["restarted"]
        return {"ok": True, "why": ""} if is_through and is_enough else {}
    phase, said = phase_of(item)
    if phase == "Degraded":
        return {"ok": False, "why": f"The rollout is degraded: {said}. {progress.why}".strip()}
    if phase == "Healthy":
        return {"ok": True, "why": "", "last_event": ""}
    has_gone_on = "promoted" in goal and not goal["full"] and index_of(item) > goal["beyond"]
    return {"ok": True, "why": ""} if has_gone_on and waits_for_people(item) else {}


def _moved(goal: dict[str, Any], item: Json) -> str:
    if "restarted" in goal:
        is_ours = item["spec"].get("restartAt") == goal["restarted"]
        return "" if is_ours else "Someone else restarted it meanwhile."
    if "promoted" in goal:
        is_ours = part(item, "status").get("currentPodHash") == goal["promoted"] or not is_seen(item)
        return "" if is_ours else "Someone else changed the pod template meanwhile."
    return moved(goal, item)
