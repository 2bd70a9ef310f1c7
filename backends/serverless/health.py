"""How a stack is and how an update of it is coming along: pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backends.serverless.reads import Deployment, Snapshot
from backends.serverless.target import Json
from model.health import Check, Verdict
from model.plan import Plan, Progress, Version

_CANCELLED = ("Resource update cancelled", "Resource creation cancelled")
_SLACK = timedelta(seconds=2)
"""Clocks differ; an event this much before the call may be of it."""


def signs_of(seen: Snapshot, events: Sequence[Json]) -> tuple[Check, ...]:
    """Its status, with why the last update failed, and the deployment it runs."""
    status = seen.status
    has_failed = status.endswith("_FAILED") or "ROLLBACK" in status
    verdict = Verdict.DEGRADED if has_failed else Verdict.OK
    why = f"the last update failed: {reason_of(events)}" if has_failed else ""
    said = status.lower().replace("_", " ")
    return (
        Check(name="stack", value=said, verdict=verdict, why=why),
        Check(name="deployment", value=seen.current or "not known", verdict=Verdict.OK),
    )


def versions_of(stored: Sequence[Deployment], current: str) -> tuple[Version, ...]:
    """Stored deployments, the running one first, then the newest."""
    found = [Version(id=one.id, at=_iso(one.at), is_current=one.id == current) for one in stored]
    return tuple(sorted(found, key=lambda one: (not one.is_current, -int(one.id))))


def progress_of(
    plan: Plan, seen: Snapshot, events: Sequence[Json], since: datetime, is_fresh: bool
) -> Progress:
    """What was read, held against the plan's goal. is_fresh: the update may not show yet."""
    status, mine = seen.status, [one for one in events if one["Timestamp"] >= since - _SLACK]
    last = _said(mine[0]) if mine else ""
    if is_fresh and not mine:
        return Progress(last_event="The update does not show yet.")
    if "ROLLBACK" in status or status.endswith("_FAILED"):
        why = f"CloudFormation took the update back: {reason_of(mine)}"
        if status.endswith("_IN_PROGRESS"):
            return Progress(last_event=last, why=why)
        return Progress(ok=False, last_event=last, why=why)
    if status.endswith("_IN_PROGRESS"):
        return Progress(last_event=last)
    if seen.current == plan.goal["deployment"]:
        return Progress(ok=True, last_event=f"{status}: it runs deployment {seen.current}.")
    return Progress(ok=False, why=f"The stack runs deployment {seen.current}; someone deployed since.")


def reason_of(events: Sequence[Json]) -> str:
    """Which resource failed first and why; others were only cancelled because of it."""
    failed = [
        one
        for one in events
        if str(one["ResourceStatus"]).endswith("_FAILED")
        and one.get("ResourceStatusReason") not in _CANCELLED
        and one["ResourceType"] != "AWS::CloudFormation::Stack"
    ]
    if not failed:
        return "CloudFormation gives no reason."
    first = failed[-1]  # the newest stand first
    return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason') or 'no reason given'}"


def _said(event: Json) -> str:
    status = str(event["ResourceStatus"]).lower().replace("_", " ")
    return f"{event['LogicalResourceId']}: {status}"


def _iso(text: str) -> str:
    return datetime.fromisoformat(text).isoformat()
