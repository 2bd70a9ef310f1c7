"""How a function is, what it ran, and how a change of it is coming along: pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from backends.aws_lambda.reads import Snapshot, variables
from backends.aws_lambda.target import Json
from model.health import Check, Verdict
from model.plan import Plan, Progress, Version
from model.secrets import referred


def signs_of(configuration: Json, seen: Snapshot) -> tuple[Check, ...]:
    """State, last update, alias, both concurrencies."""
    state = str(configuration.get("State", "Active"))
    update = str(configuration.get("LastUpdateStatus", "Successful"))
    signs = [
        Check(
            name="state",
            value=state.lower(),
            verdict=Verdict.OK if state in {"Active", "Inactive"} else Verdict.DOWN,
            why=str(configuration.get("StateReason") or "") if state == "Failed" else "",
        ),
        Check(
            name="last update",
            value=update.lower(),
            verdict=Verdict.DEGRADED if update == "Failed" else Verdict.OK,
            why=str(configuration.get("LastUpdateStatusReason") or "") if update == "Failed" else "",
        ),
    ]
    if seen.alias:
        shares = "".join(f", {share:.0%} to {version}" for version, share in seen.weights.items())
        value = f"version {seen.version}{shares}"
        signs.append(Check(name=f"alias {seen.alias['Name']}", value=value, verdict=Verdict.OK))
    return (*signs, _reserved(seen), *_ready(seen))


def versions_of(published: Sequence[Json], current: str) -> tuple[Version, ...]:
    """Published versions, the one the alias points to first, then the newest."""
    versions = [
        Version(
            id=str(one["Version"]),
            label=str(one.get("Description") or ""),
            at=_iso(str(one["LastModified"])),
            is_current=one["Version"] == current,
        )
        for one in published
    ]
    return tuple(sorted(versions, key=lambda one: (not one.is_current, -int(one.id))))


def progress_of(plan: Plan, seen: Snapshot, is_fresh: bool) -> Progress:
    """What was read, held against the plan's goal. is_fresh: AWS may still show what was before."""
    goal = plan.goal
    if "version" in goal:
        return _alias_progress(str(goal["version"]), str(goal["from"]), seen, is_fresh)
    if "from" in goal:
        return _configured(cast(dict[str, Any], goal), seen, is_fresh)
    if "reserved" in goal:
        if seen.reserved == goal["reserved"]:
            return Progress(ok=True, last_event=f"Reserved concurrency is {seen.reserved}.")
        return Progress(ok=False, why=f"Something else set reserved concurrency to {seen.reserved}.")
    if seen.asked_ready != goal["provisioned"]:
        return Progress(ok=False, why=f"Something else set provisioned concurrency to {seen.asked_ready}.")
    return _ready_progress(seen, "Nothing is kept ready any more.")


def _configured(goal: dict[str, Any], seen: Snapshot, is_fresh: bool) -> Progress:
    """Whether what calls reach is as asked: code, memory or variables, through the alias if there is one."""
    status, live = str(seen.latest.get("LastUpdateStatus")), seen.live
    if status == "Failed":
        said = seen.latest.get("LastUpdateStatusReason") or "AWS gives no reason"
        return Progress(ok=False, why=f"The update failed: {said}")
    if not seen.alias and status == "InProgress":
        return Progress(last_event="The update is under way.")
    if _is_as_asked(goal, live) and not seen.weights:
        where = f"version {seen.version}" if seen.alias else "it"
        return _ready_progress(seen, f"All calls go to {where}, as asked.")
    if is_fresh:
        return Progress(last_event="The alias has not moved yet." if seen.alias else "Not seen yet.")
    return Progress(ok=False, why="It was changed again since; calls do not reach what was asked for.")


def _is_as_asked(goal: dict[str, Any], live: Json) -> bool:
    """Secrets cannot be held against their names, and are not."""
    held, set_to = variables(live), cast(dict[str, str], goal.get("set") or {})
    plain = {key: value for key, value in set_to.items() if referred(value) is None}
    return (
        goal.get("memory", live.get("MemorySize")) == live.get("MemorySize")
        and goal.get("code", live.get("CodeSha256")) == live.get("CodeSha256")
        and all(held.get(key) == value for key, value in plain.items())
        and not set(cast(list[str], goal.get("unset") or [])) & held.keys()
    )


def _alias_progress(wanted: str, before: str, seen: Snapshot, is_fresh: bool) -> Progress:
    if seen.version == wanted and not seen.weights:
        return _ready_progress(seen, f"All calls go to version {wanted}.")
    if is_fresh and seen.version == before:
        return Progress(last_event=f"The alias still points to version {before}.")
    weighted = " and is weighted" if seen.weights else ""
    return Progress(ok=False, why=f"The alias points to version {seen.version}{weighted}; someone moved it.")


def _ready_progress(seen: Snapshot, done: str) -> Progress:
    """Over when as many environments are ready as were asked for, or when AWS gives up."""
    if seen.provisioned is None:
        return Progress(ok=True, last_event=done)
    wanted = int(seen.provisioned["RequestedProvisionedConcurrentExecutions"])
    ready = int(seen.provisioned.get("AllocatedProvisionedConcurrentExecutions", 0))
    status = str(seen.provisioned["Status"])
    said = str(seen.provisioned.get("StatusReason") or "AWS gives no reason")
    return Progress(
        wanted=wanted,
        running=ready,
        starting=wanted - ready,
        last_event=f"{ready} of {wanted} environments are ready.",
        why=f"AWS could not keep {wanted} ready: {said}" if status == "FAILED" else "",
        ok={"READY": True, "FAILED": False}.get(status),
    )


def _reserved(seen: Snapshot) -> Check:
    is_off = seen.reserved == 0
    return Check(
        name="reserved concurrency",
        value=str(seen.reserved),
        verdict=Verdict.DOWN if is_off else Verdict.OK,
        why="every call is refused, as 0 is reserved" if is_off else "",
    )


def _ready(seen: Snapshot) -> tuple[Check, ...]:
    if seen.provisioned is None:
        return ()
    progress = _ready_progress(seen, "")
    value = f"{progress.running} of {progress.wanted} ready"
    verdict = Verdict.DEGRADED if progress.ok is False else Verdict.OK
    return (Check(name="provisioned concurrency", value=value, verdict=verdict, why=progress.why),)


def _iso(text: str) -> str:
    """AWS writes `2026-01-02T03:04:05.000+0000`."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").isoformat()
    except ValueError:
        return ""
