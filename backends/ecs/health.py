"""How an ECS service is, and what it ran, from what was read: pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from backends.ecs.target import Json, short
from model.health import Check, Verdict
from model.plan import Version
from model.planning import AllowedRange


def signs_of(seen: Json, bounds: AllowedRange, stopped: Sequence[str]) -> tuple[Check, ...]:
    """Tasks, deployments under way or failed, why tasks stopped, the autoscaler. `stopped`: latest first."""
    signs = [_tasks(seen, stopped), *_deployments(seen)]
    if stopped:
        value = f"{len(stopped)} stopped in the last hour"
        signs.append(Check(name="failed tasks", value=value, verdict=Verdict.DEGRADED, why=stopped[0]))
    if bounds[0] is not None:
        value = f"keeps {bounds[0]} to {bounds[1]}"
        signs.append(Check(name="autoscaler", value=value, verdict=Verdict.OK))
    return tuple(signs)


def versions_of(seen: Json, deployed: Sequence[Json]) -> tuple[Version, ...]:
    """Task definitions that were deployed, the running one first, then the last deployed.

    deployed: records as `EcsReads.deployed` gives them, the newest first. A version has run when any
    of its deployments came through.
    """
    current = short(seen["taskDefinition"])
    found: dict[str, Version] = {}
    for record in deployed:
        id, is_current = short(record["revision"]["taskDefinition"]), False
        is_current = id == current
        came_up = str(record["status"]) == "SUCCESSFUL" or is_current
        known = found.get(id)
        if known is None:
            found[id] = Version(
                id=id,
                label=_label(record["revision"]),
                at=_at(record),
                is_current=is_current,
                note="" if came_up else _note(record),
                has_run=came_up,
            )
        elif came_up and not known.has_run:
            found[id] = known.model_copy(update={"has_run": True})
    found.setdefault(current, Version(id=current, is_current=True))
    return tuple(sorted(found.values(), key=lambda one: not one.is_current))


def _tasks(seen: Json, stopped: Sequence[str]) -> Check:
    running, desired, pending = (int(seen[name]) for name in ("runningCount", "desiredCount", "pendingCount"))
    verdict = Verdict.OK if running >= desired else Verdict.DEGRADED
    if desired > 0 and running == 0:
        verdict = Verdict.DOWN
    why = ""
    if verdict is not Verdict.OK:
        events = cast(list[Json], seen.get("events") or [])
        said = next((str(one["message"]) for one in events if "unable" in str(one["message"])), "")
        reason = stopped[0] if stopped else said
        why = f"{running} of {desired} tasks run" + (f"; {reason}" if reason else "")
    value = f"{running} of {desired} running" + (f", {pending} starting" if pending else "")
    return Check(name="tasks", value=value, verdict=verdict, why=why, number=running)


def _deployments(seen: Json) -> list[Check]:
    signs: list[Check] = []
    for one in cast(list[Json], seen["deployments"]):
        state = str(one.get("rolloutState") or one["status"])
        has_failed = state == "FAILED"
        signs.append(
            Check(
                name=f"deployment {short(one['taskDefinition'])}",
                value=state.lower().replace("_", " "),
                verdict=Verdict.DEGRADED if has_failed else Verdict.OK,
                why=str(one.get("rolloutStateReason") or "it failed") if has_failed else "",
            )
        )
    return signs


def _label(revision: Json) -> str:
    images = [str(one.get("image", "")) for one in cast(list[Json], revision.get("containerImages") or [])]
    return images[0].rsplit("/", 1)[-1] if images else ""


def _at(record: Json) -> str:
    at = cast(datetime | None, record.get("finishedAt") or record.get("createdAt"))
    return at.isoformat() if at else ""


def _note(record: Json) -> str:
    status = str(record["status"])
    said = str(record.get("statusReason") or "").rstrip(".")
    outcome = "failed and was rolled back" if "ROLLBACK" in status else "its deployment was stopped"
    return f"{outcome} ({said})" if said else outcome
