"""How a function is, what it ran, and how a change of it is coming along: pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from backends.aws_lambda.published import beside
from backends.aws_lambda.reads import Snapshot, variables
from backends.aws_lambda.target import Json
from model.health import Check, Verdict
from model.plan import Plan, Progress, Version
from model.secrets import referred
from model.slash import slash


def signs_of(service: str, configuration: Json, seen: Snapshot) -> tuple[Check, ...]:
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
        warming = f", calls go to version {seen.warming_from} until it is ready" if seen.warming_from else ""
        value = f"version {seen.version}{shares}{warming}"
        signs.append(Check(name=f"alias {seen.alias['Name']}", value=value, verdict=Verdict.OK))
    return (*signs, _reserved(seen), *_ready(service, seen))


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
        return _alias_progress(plan, seen, is_fresh)
    if "from" in goal:
        return _configured(plan, seen, is_fresh)
    if "reserved" in goal:
        if seen.reserved == goal["reserved"]:
            return Progress(ok=True, last_event=f"Reserved concurrency is {seen.reserved}.")
        return Progress(ok=False, why=f"Something else set reserved concurrency to {seen.reserved}.")
    if seen.asked_ready != goal["provisioned"]:
        return Progress(ok=False, why=f"Something else set provisioned concurrency to {seen.asked_ready}.")
    return _ready_progress(plan.service, seen, "Nothing is kept ready any more.")


def _is_routed(goal: Json, seen: Snapshot) -> bool:
    """Whether the alias is weighted as the plan left it; what AWS does itself while it warms is no weight."""
    asked = cast(dict[str, float], goal.get("weights") or {})
    return seen.weights == beside(asked, seen.version)


def _configured(plan: Plan, seen: Snapshot, is_fresh: bool) -> Progress:
    """Whether what calls reach is as asked: code, memory or variables, through the alias if there is one."""
    goal = cast(dict[str, Any], plan.goal)
    status, live = str(seen.latest.get("LastUpdateStatus")), seen.live
    if status == "Failed":
        said = seen.latest.get("LastUpdateStatusReason") or "AWS gives no reason"
        return Progress(ok=False, why=f"The update failed: {said}")
    if not seen.alias and status == "InProgress":
        return Progress(last_event="The update is under way.")
    if _is_as_asked(goal, live) and _is_routed(goal, seen):
        where = f"version {seen.version}" if seen.alias else "it"
        return _ready_progress(plan.service, seen, f"{_which(seen)} go to {where}, as asked.")
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


def _which(seen: Snapshot) -> str:
    share = 1 - sum(seen.weights.values())
    return "All calls" if share >= 1 else f"{share:.0%} of calls"


def _alias_progress(plan: Plan, seen: Snapshot, is_fresh: bool) -> Progress:
    wanted, before = str(plan.goal["version"]), str(plan.goal["from"])
    if seen.version == wanted and _is_routed(plan.goal, seen):
        return _ready_progress(plan.service, seen, f"{_which(seen)} go to version {wanted}.")
    if is_fresh and seen.version == before:
        return Progress(last_event=f"The alias still points to version {before}.")
    weighted = " and is weighted" if seen.weights else ""
    return Progress(ok=False, why=f"The alias points to version {seen.version}{weighted}; someone moved it.")


def _ready_progress(service: str, seen: Snapshot, done: str) -> Progress:
    """Over when as many environments are ready as were asked for and calls reach them, or AWS gives up."""
    if seen.provisioned is None:
        return Progress(ok=True, last_event=done)
    wanted = int(seen.provisioned["RequestedProvisionedConcurrentExecutions"])
    ready = int(seen.provisioned.get("AllocatedProvisionedConcurrentExecutions", 0))
    status = str(seen.provisioned["Status"])
    said = str(seen.provisioned.get("StatusReason") or "AWS gives no reason")
    event, ok = f"{ready} of {wanted} environments are ready.", {"READY": True, "FAILED": False}.get(status)
    if seen.warming_from and status != "FAILED":
        event, ok = f"{event} Until then calls go to version {seen.warming_from}.", None
    return Progress(
        wanted=wanted,
        running=ready,
        starting=wanted - ready,
        last_event=event,
        why=f"AWS could not keep {wanted} ready: {said}{_way_out(service, seen)}" if ok is False else "",
        ok=ok,
    )


def _way_out(service: str, seen: Snapshot) -> str:
    """What to type where another version cannot be made ready, and calls go on to the one before."""
    if not seen.warming_from:
        return ""
    return (
        f". All calls still go to version {seen.warming_from}. To leave it so, type "
        f"{slash('rollback')} {service} {seen.warming_from}; to do without, "
        f"{slash('scale')} {service} provisioned=none, "
        f"then {slash('deploy')} {service} {seen.version}"
    )


def _reserved(seen: Snapshot) -> Check:
    is_off = seen.reserved == 0
    return Check(
        name="reserved concurrency",
        value=str(seen.reserved),
        verdict=Verdict.DOWN if is_off else Verdict.OK,
        why="every call is refused, as 0 is reserved" if is_off else "",
    )


def _ready(service: str, seen: Snapshot) -> tuple[Check, ...]:
    if seen.provisioned is None:
        return ()
    progress = _ready_progress(service, seen, "")
    value = f"{progress.running} of {progress.wanted} ready"
    verdict = Verdict.DEGRADED if progress.ok is False else Verdict.OK
    return (Check(name="provisioned concurrency", value=value, verdict=verdict, why=progress.why),)


def _iso(text: str) -> str:
    """AWS writes `2026-01-02T03:04:05.000+0000`."""
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").isoformat()
    except ValueError:
        return ""
