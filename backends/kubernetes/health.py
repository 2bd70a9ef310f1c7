"""How a deployment is, and what it ran, from what was read: pure."""

import re
from collections.abc import Sequence

from backends.kubernetes.plans import partition_of
from backends.kubernetes.progress import why_failing
from backends.kubernetes.rollouts import is_rollout, is_under_way, phase_of, revisions, told, waits_for_people
from backends.kubernetes.scalers import Scaler
from backends.kubernetes.target import CAUSE, Json, annotation, entries, image_of, part, revision_of
from model.health import Check, Verdict
from model.plan import Version

MOST_REASONS = 3
"""Reasons why pods fail that are told; pods that fail for the same one are counted."""


def alike(pods: Sequence[Json]) -> list[str]:
    """Why pods fail, each reason once: the most frequent first, with how many fail for it.

    One that crashes waits and ends by turns, so what counts then is how it ended.
    """
    found: dict[str, list[str]] = {}
    for pod in pods:
        if why := why_failing(pod):
            found.setdefault(_cause(pod, why), []).append(why)
    ranked = sorted(found.values(), key=lambda whys: -len(whys))
    return [whys[0] if len(whys) == 1 else f"{len(whys)} pods, {whys[0]}" for whys in ranked]


def _cause(pod: Json, why: str) -> str:
    """A reason without what differs from pod to pod: names, ids, pauses and counts."""
    if ended := re.search(r"exit code \d+(?: \([^)]*\))?", why):
        return ended[0]
    meta = pod["metadata"]
    said = why.replace(str(meta["name"]), "").replace(str(meta.get("uid") or meta["name"]), "")
    return re.sub(r"\d+", "", re.sub(r"back-off [\dhms.]+", "", said))


def signs_of(
    service: str, item: Json, pods: Sequence[Json], scaler: Scaler | None, holders: Sequence[Json] = ()
) -> tuple[Check, ...]:
    """Pods, why some fail, the rollout, the version, the autoscaler. service: its id."""
    failing = alike(pods)
    stages = _stages(service, item, holders) if is_rollout(item) else _rollout(item)
    signs = [_pods(item, failing), *_others(item, failing), *stages]
    version = f"revision {revision_of(item)}, {image_of(item['spec']['template'])}"
    signs.append(Check(name="version", value=version, verdict=Verdict.OK))
    return (*signs, *(_autoscaler(scaler) if scaler else ()))


def warning_sign(events: Sequence[Json], name: str) -> tuple[Check, ...]:
    """The last warning about the deployment or what belongs to it. The cluster keeps events for an hour."""
    about = [one for one in events if str(one["involvedObject"]["name"]).startswith(name)]
    if not about:
        return ()
    last = max(about, key=lambda one: str(one.get("lastTimestamp") or one.get("eventTime") or ""))
    value = f"{last.get('reason')}: {str(last.get('message') or '')[:160]}"
    name = f"last of {len(about)} warnings"
    return (Check(name=name, value=value, verdict=Verdict.OK, is_warning=True),)


def versions_of(item: Json, sets: Sequence[Json], container: str = "") -> tuple[Version, ...]:
    """Revisions whose ReplicaSet is kept, the running one first, then the newest."""
    current, stable = revision_of(item), revisions(item, sets)[0] if is_rollout(item) else ""
    found = [_version(one, current, container, stable) for one in sets if revision_of(one)]
    return tuple(sorted(found, key=lambda one: (not one.is_current, -int(one.id))))


def _version(one: Json, current: str, container: str, stable: str) -> Version:
    is_stable = bool(stable) and revision_of(one) == stable != current
    return Version(
        id=revision_of(one),
        label=image_of(one["spec"]["template"], container),
        at=str(one["metadata"]["creationTimestamp"]).replace("Z", "+00:00"),
        is_current=revision_of(one) == current,
        note="stable, the one that serves" if is_stable else annotation(one, CAUSE),
    )


def _pods(item: Json, failing: Sequence[str]) -> Check:
    wanted = int(item["spec"]["replicas"])
    available = int(part(item, "status").get("availableReplicas", 0))
    verdict = Verdict.OK if available >= wanted else Verdict.DEGRADED
    if wanted > 0 and available == 0:
        verdict = Verdict.DOWN
    why = ""
    if verdict is not Verdict.OK:
        why = f"{available} of {wanted} pods are available" + (f"; {failing[0]}" if failing else "")
    value = f"{available} of {wanted} available"
    return Check(name="pods", value=value, verdict=verdict, why=why, number=available)


def _others(item: Json, failing: Sequence[str]) -> list[Check]:
    """The reasons that the sign of the pods does not tell: all but the first, or all where enough run."""
    is_told = _pods(item, failing).verdict is not Verdict.OK
    return [
        Check(name="failing pods", value="failing", verdict=Verdict.DEGRADED, why=one)
        for one in failing[1 if is_told else 0 : MOST_REASONS]
    ]


def _rollout(item: Json) -> list[Check]:
    """Only what is wrong or under way; a rollout that is through is no news."""
    signs: list[Check] = []
    for one in entries(part(item, "status"), "conditions"):
        is_late = one["type"] == "Progressing" and one.get("reason") == "ProgressDeadlineExceeded"
        is_barred = one["type"] == "ReplicaFailure" and one["status"] == "True"
        if is_late or is_barred:
            why = str(one.get("message") or one.get("reason"))
            signs.append(Check(name="rollout", value="stalled", verdict=Verdict.DEGRADED, why=why))
    status = part(item, "status")
    if status.get("updateRevision") != status.get("currentRevision") and not partition_of(item):
        value = f"{status.get('updatedReplicas', 0)} of {item['spec']['replicas']} updated"
        signs.append(Check(name="rollout", value=value, verdict=Verdict.OK))
    if item["spec"].get("paused"):
        signs.append(Check(name="rollout", value="paused", verdict=Verdict.OK))
    return signs


def _stages(service: str, item: Json, holders: Sequence[Json]) -> list[Check]:
    """How far a Rollout is, and which version is the stable one while another comes."""
    phase, why = phase_of(item)
    signs: list[Check] = []
    if phase == "Degraded":
        signs.append(Check(name="rollout", value="degraded", verdict=Verdict.DEGRADED, why=why))
    elif phase != "Healthy":
        waits = waits_for_people(item)
        signs.append(Check(name="rollout", value=told(item, service), verdict=Verdict.OK, is_warning=waits))
    stable, _ = revisions(item, holders)
    if is_under_way(item) and stable:
        signs.append(Check(name="stable version", value=f"revision {stable}", verdict=Verdict.OK))
    return signs


def _autoscaler(scaler: Scaler) -> tuple[Check, ...]:
    """Its bounds and what it wants; one that cannot act is degraded, unless it is off with 0 replicas."""
    status = part(scaler.hpa or {}, "status")
    value = f"keeps {scaler.bounds[0]} to {scaler.bounds[1]}"
    value += f", wants {status['desiredReplicas']}" if "desiredReplicas" in status else ""
    why = ""
    for one in entries(status, "conditions"):
        is_stuck = one["type"] in {"AbleToScale", "ScalingActive"} and one["status"] == "False"
        if is_stuck and one.get("reason") != "ScalingDisabled":
            why = f"the autoscaler cannot act: {one.get('message') or one.get('reason')}"
    verdict = Verdict.DEGRADED if why else Verdict.OK
    return (Check(name="autoscaler", value=value, verdict=verdict, why=why),)
