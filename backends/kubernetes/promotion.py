"""Plans that move a Rollout's update on, and what its steps mean for any other change: pure."""

from datetime import timedelta

from backends.kubernetes.api import MERGE
from backends.kubernetes.plans import Snapshot
from backends.kubernetes.rollouts import (
    index_of,
    is_aborted,
    is_blue_green,
    is_rollout,
    is_seen,
    is_under_way,
    pauses,
    phase_of,
    revisions,
    runs_the_same,
    stable_of,
    steps_of,
    weight_at,
    where,
)
from backends.kubernetes.target import Json, entries, part, target_of
from model.catalog.schema import Service
from model.changes import Promote, Rollback
from model.plan import Delta, Plan, RiskTier, Step, Warning
from model.refusal import Refused
from model.slash import slash

BESIDE_PAUSES = timedelta(minutes=30)
"""What an update takes besides its pauses, at most."""


def plan_promote(service: Service, change: Promote, seen: Snapshot) -> Plan:
    """As `kubectl argo rollouts promote`: the pause ends, or all steps are left out. Raises Refused."""
    _must_wait(service, change, seen)
    item, target = seen.item, target_of(service)
    stable, wanted = revisions(item, seen.holders)
    mark, index = str(part(item, "status").get("currentPodHash") or ""), index_of(item)
    return Plan(
        service=service.id,
        change=change,
        deltas=(_delta(item, change, stable, wanted),),
        steps=_full(target.path, mark) if change.full else _on(item, target.path, mark, index),
        cautions=_left_out(item) if change.full else (),
        tier=RiskTier.R2,
        size=seen.replicas,
        fingerprint=seen.fingerprint,
        goal={"promoted": mark, "beyond": index, "full": change.full},
        inverse=Rollback(version=stable) if stable and stable != wanted else None,
        undo=f"Puts the pod template of revision {stable} back." if stable else "Its stable version is gone.",
        takes=BESIDE_PAUSES + pauses(item),
    )


def aborting(service: Service, seen: Snapshot, made: Json) -> tuple[Step, ...]:
    """The call that gives all traffic to the stable version at once, before its template is put back.

    Only for a change that goes back to it from an update under way. made: the workload as it will be.
    """
    if not goes_to_stable(seen, made) or is_aborted(seen.item):
        return ()
    path = target_of(service).path
    body: Json = {"status": {"abort": True}}
    now = {"currentPodHash": part(seen.item, "status").get("currentPodHash")}
    params: Json = {
        "path": f"{path}/status",
        "reads": path,
        "type": MERGE,
        "body": body,
        "expects": {"status": now},
    }
    says = "Abort the update: all traffic goes to the stable version"
    return (Step(call="kubernetes:PatchRolloutStatus", params=params, says=says),)


def goes_to_stable(seen: Snapshot, made: Json) -> bool:
    """Whether the change gives up an update under way for the version that is stable."""
    stable = stable_of(seen.item, seen.holders) if is_rollout(seen.item) else None
    return stable is not None and is_under_way(seen.item) and runs_the_same(stable, made)


def steps_told(service: Service, seen: Snapshot, made: Json) -> tuple[Warning, ...]:
    """A `note` of what the Rollout's strategy makes of another pod template."""
    item = seen.item
    if not is_rollout(item):
        return ()
    if goes_to_stable(seen, made):
        text = "It goes back to the stable version at once, without steps."
    elif is_blue_green(item):
        waits = part(item, "spec", "strategy", "blueGreen").get("autoPromotionEnabled") is False
        text = "The new version comes up beside the old one"
        text += (
            f"; it serves once somebody types {slash('promote')} {service.id}."
            if waits
            else " before it serves."
        )
    elif steps := steps_of(item):
        waits = any("pause" in one and not part(one, "pause").get("duration") for one in steps)
        text = f"It goes through {len(steps)} steps: {', '.join(_words(one) for one in steps[:8])}"
        text += ", …." if len(steps) > 8 else "."
        text += f" At a pause without a time it waits for {slash('promote')} {service.id}." if waits else ""
    else:
        return ()
    return (Warning(level="note", code="steps", text=text),)


def takes(seen: Snapshot) -> timedelta:
    """How long another pod template may well take to roll out, where that is longer than usual."""
    lasts = pauses(seen.item) if is_rollout(seen.item) else timedelta()
    return lasts + BESIDE_PAUSES if lasts else timedelta()


def _must_wait(service: Service, change: Promote, seen: Snapshot) -> None:
    """Raises Refused where there is nothing to promote, with what to type instead."""
    item, id = seen.item, service.id
    if not is_rollout(item):
        raise Refused(
            f"{id} is a {item.get('kind')}, which rolls out by itself: there is nothing to promote.",
            f"Look with {slash('health')} {id}.",
        )
    if is_aborted(item):
        raise Refused(
            f"The update of {id} was aborted; all traffic is the stable version's.",
            f"To go back for good, type {slash('rollback')} {id}; to try it again, type: {_retry(service)}",
        )
    is_paused = bool(item["spec"].get("paused") or entries(part(item, "status"), "pauseConditions"))
    if not is_under_way(item) and not is_paused:
        raise Refused(
            f"Nothing of {id} waits to be promoted: revision {seen.revision} is all of it.",
            f"To run another version, type {slash('deploy')} {id} VERSION",
        )
    if change.full or is_paused:
        return
    if not is_seen(item):
        raise Refused(f"{id} was promoted just now and goes on.", f"Look with {slash('health')} {id}.")
    raise Refused(
        f"{id} is not paused: {where(item)}, under way by itself ({phase_of(item)[1] or 'progressing'}).",
        f"To leave out the steps that are left, type {slash('promote')} {id} full",
    )


def _retry(service: Service) -> str:
    target = target_of(service)
    return f"kubectl argo rollouts retry rollout {target.name} -n {target.namespace}"


def _on(item: Json, path: str, mark: str, index: int) -> tuple[Step, ...]:
    """What ends the pauses there are: of people in the spec, of the controller in the status."""
    steps: list[Step] = []
    if entries(part(item, "status"), "pauseConditions"):
        expects: Json = {"status": {"currentPodHash": mark}}
        if steps_of(item):
            expects["status"]["currentStepIndex"] = part(item, "status").get("currentStepIndex")
        params: Json = {
            "path": f"{path}/status",
            "reads": path,
            "type": MERGE,
            "body": {"status": {"pauseConditions": None}},
            "expects": expects,
            "past": [mark, index],
        }
        says = "Take the pause away, so that the next step begins"
        steps.append(Step(call="kubernetes:PatchRolloutStatus", params=params, says=says))
    if item["spec"].get("paused"):
        unpaused: Json = {
            "path": path,
            "type": MERGE,
            "body": {"spec": {"paused": False}},
            "expects": {"spec": {"paused": True}},
        }
        steps.append(Step(call="kubernetes:PatchRollout", params=unpaused, says="Resume the Rollout"))
    return tuple(steps)


def _full(path: str, mark: str) -> tuple[Step, ...]:
    params: Json = {
        "path": f"{path}/status",
        "reads": path,
        "type": MERGE,
        "body": {"status": {"promoteFull": True}},
        "expects": {"status": {"currentPodHash": mark}},
        "past": [mark, None],
    }
    says = "Promote it fully: every step, pause and analysis that is left is left out"
    return (Step(call="kubernetes:PatchRolloutStatus", params=params, says=says),)


def _delta(item: Json, change: Promote, stable: str, wanted: str) -> Delta:
    if is_blue_green(item):
        return Delta(what="serves", before=f"revision {stable or '?'}", after=f"revision {wanted}")
    now, steps, index = where(item), steps_of(item), index_of(item)
    if change.full or index + 1 >= len(steps):
        return Delta(what=f"canary of revision {wanted}", before=now, after="all of it, weight 100%")
    then = f"step {index + 2} of {len(steps)}, weight {weight_at(item, index + 1)}%"
    return Delta(what=f"canary of revision {wanted}", before=now, after=then)


def _left_out(item: Json) -> tuple[Warning, ...]:
    steps, index = steps_of(item), index_of(item)
    left = steps[index:]
    if is_blue_green(item) or not left:
        return ()
    text = f"{len(left)} of {len(steps)} steps are left out: {', '.join(_words(one) for one in left[:8])}."
    return (Warning(level="warn", code="steps-left-out", text=text),)


def _words(step: Json) -> str:
    """`25%`, `pause`, `pause 10m`, `analysis` …"""
    if "setWeight" in step:
        return f"{step['setWeight']}%"
    if "pause" in step:
        lasts = part(step, "pause").get("duration")
        return f"pause {lasts}" if lasts else "pause"
    return next(iter(step), "step")


def is_past(there: Json, past: list[object]) -> bool:
    """Whether a Rollout has gone on from where a promotion was planned. past: its hash, its step's index."""
    status, (mark, index) = part(there, "status"), past
    if status.get("currentPodHash") != mark:
        return False
    has_stepped = isinstance(index, int) and bool(steps_of(there)) and index_of(there) > index
    return status.get("stableRS") == mark or has_stepped
