"""How a change of a deployment is coming along, from what a look showed: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from backends.kubernetes.plans import is_complete, is_observed, waits_for_each
from backends.kubernetes.target import RESTARTED, Json, entries, image_of, part, template_fingerprint
from model.plan import Plan, Progress

SKEW = timedelta(seconds=5)
"""How far the cluster's clock and ours may be apart; its times are whole seconds."""

_STUCK = frozenset(
    {
        "ImagePullBackOff",
        "ErrImagePull",
        "InvalidImageName",
        "CrashLoopBackOff",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
    }
)


@dataclass(frozen=True)
class Observation:
    """One look at a change, at `now`: the deployment and its pods; `since` is when the change was applied."""

    item: Json
    pods: Sequence[Json]
    since: datetime
    now: datetime


def progress_of(plan: Plan, look: Observation) -> Progress:
    """The look held against the plan's goal."""
    goal, status = cast(dict[str, Any], plan.goal), part(look.item, "status")
    rolls = "replicas" not in goal
    wanted = int(look.item["spec"]["replicas"] if rolls else goal["replicas"])
    available = int(status.get("availableReplicas", 0))
    running = min(int(status.get("updatedReplicas", 0)), available) if rolls else available
    waits = waits_for_each(look.item)
    counted = [pod for pod in look.pods if not rolls or waits or is_since(pod, look.since)]
    failing = [why for pod in counted if (why := why_failing(pod))]
    progress = Progress(
        wanted=wanted,
        running=running if is_observed(look.item) or not rolls else 0,
        starting=max(0, int(status.get("replicas", 0)) - available - len(failing)),
        failed=len(failing),
        last_event=str(_condition(look.item, "Progressing").get("message", "")),
        why=failing[0] + _by_hand(goal, look) if failing else _cannot_create(look.item),
    )
    return progress.model_copy(update=_end(goal, look, progress))


def why_failing(pod: Json) -> str:
    """Why a pod does not start or stay up; empty for one that runs, is on its way, or is ending."""
    if "deletionTimestamp" in pod["metadata"]:
        return ""
    name, status = pod["metadata"]["name"], part(pod, "status")
    for one in (*entries(status, "initContainerStatuses"), *entries(status, "containerStatuses")):
        if why := _why_container(one):
            return f"{name}: {why}"
    for one in entries(status, "conditions"):
        if one["type"] == "PodScheduled" and one["status"] == "False":
            return f"{name}: Pending, {one.get('message') or one.get('reason') or 'not scheduled'}"
    if status.get("phase") == "Failed":
        said = f"{status.get('reason') or 'Failed'} {status.get('message') or ''}"
        return f"{name}: {said}".strip()
    return ""


def _by_hand(goal: dict[str, Any], look: Observation) -> str:
    """What to do about a broken pod that a StatefulSet was given before and waits for.

    Source: the documentation of StatefulSets, forced rollback: it never replaces that pod by itself.
    """
    if not waits_for_each(look.item):
        return ""
    newest = part(look.item, "status").get("updateRevision")
    old = [
        pod for pod in look.pods
        if why_failing(pod) and part(pod, "metadata", "labels").get("controller-revision-hash") != newest
    ]  # fmt: skip
    if not old:
        return ""
    meta = old[0]["metadata"]
    return f". It is of an earlier version: kubectl delete pod {meta['name']} -n {meta['namespace']}"


def _why_container(one: Json) -> str:
    """Why a container waits, or how its run ended; one that crashes shows both by turns."""
    waiting, ended = part(one, "state", "waiting"), part(one, "state", "terminated")
    if waiting.get("reason") in _STUCK:
        last = part(one, "lastState", "terminated")
        parts = (str(waiting["reason"]), str(waiting.get("message") or ""), _how_ended(last))
        return ", ".join(part for part in parts if part)
    restarts = int(one.get("restartCount", 0))
    again = f"restarted {restarts:,} time{'s' * (restarts != 1)}" if restarts else ""
    return ", ".join(part for part in (_how_ended(ended), again) if part) if ended.get("exitCode") else ""


def _how_ended(ended: Json) -> str:
    if not ended.get("exitCode"):
        return ""
    reason = str(ended.get("reason") or "")
    words = "out of memory" if reason == "OOMKilled" else reason
    return f"exit code {ended['exitCode']}" + (f" ({words})" if words else "")


def _cannot_create(item: Json) -> str:
    """Why the cluster creates no pods at all: a quota, an admission webhook."""
    failure = _condition(item, "ReplicaFailure")
    return str(failure.get("message", "")) if failure.get("status") == "True" else ""


def _end(goal: dict[str, Any], look: Observation, progress: Progress) -> dict[str, Any]:
    """`ok` and `why` once nothing more will happen; nothing while it goes on."""
    if said := moved(goal, look.item):
        return {"ok": False, "why": f"{said} {progress.why}".strip()}
    late = _condition(look.item, "Progressing")
    if late.get("reason") == "ProgressDeadlineExceeded" and is_observed(look.item) and _is_news(late, look):
        return {"ok": False, "why": f"The rollout is past its deadline. {progress.why}".strip()}
    return settled(goal, look) if is_complete(look.item) else {}


def settled(goal: dict[str, Any], look: Observation) -> dict[str, Any]:
    """The end of what is all there, once whoever may set it back has looked."""
    watched_s = (look.now - look.since).total_seconds()
    if "fought_by" not in goal or watched_s >= float(goal["settles_s"]):
        return {"ok": True, "why": ""}
    said = f"All run. {goal['fought_by']} may set them back, so this is watched for one of its looks."
    return {"last_event": said}


def moved(goal: dict[str, Any], item: Json) -> str:
    """What someone else changed meanwhile; empty when all is as the change left it."""
    if "replicas" in goal:
        replicas = item["spec"]["replicas"]
        if replicas == goal["replicas"]:
            return ""
        if "fought_by" not in goal:
            return f"Something else set replicas to {replicas}."
        return f"{goal['fought_by']} set replicas back to {replicas}. To hold them, type {goal['hold']}"
    if "restarted" in goal:
        notes = part(item, "spec", "template", "metadata", "annotations")
        is_ours = notes.get(RESTARTED) == goal["restarted"]
        return "" if is_ours else "Someone else changed the pod template meanwhile."
    if template_fingerprint(item) == goal["template"]:
        return ""
    return f"Someone else deployed {image_of(item['spec']['template'])} meanwhile."


def _is_news(condition: Json, look: Observation) -> bool:
    """Whether it came about after the change: a failed rollout's condition stays until the next progress."""
    at = condition.get("lastUpdateTime") or condition.get("lastTransitionTime")
    return at is None or _moment(str(at)) >= look.since - timedelta(seconds=1)


def is_since(pod: Json, since: datetime) -> bool:
    """Whether a pod was made after this moment, as far as clocks agree."""
    return _moment(str(pod["metadata"]["creationTimestamp"])) >= since - SKEW


def _condition(item: Json, kind: str) -> Json:
    empty: Json = {}
    found = entries(part(item, "status"), "conditions")
    return next((one for one in found if one["type"] == kind), empty)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
