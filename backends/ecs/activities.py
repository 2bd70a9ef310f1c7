"""What happened to an ECS service by itself: what its autoscaler did and what ECS says of it: pure."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from backends.ecs.target import Json
from model.query_result import Activity

MOST = 20
_POLICY = re.compile(r"policy \S+$")
"""Who did it; the alarm that set it off is called after it."""


def activities_of(seen: Json, scaling: Sequence[Json]) -> tuple[Activity, ...]:
    """Scaling activities and service events together, the newest first, at most MOST."""
    found = [(cast(datetime, one["StartTime"]), _scaled(one)) for one in scaling]
    events = cast(list[Json], seen.get("events") or [])
    found += [(cast(datetime, one["createdAt"]), _event(str(one["message"]))) for one in events]
    found.sort(key=lambda one: one[0], reverse=True)
    return tuple(Activity(at=at.isoformat(), says=says) for at, says in found[:MOST])


def _scaled(one: Json) -> str:
    """What the autoscaler did and why; how it went, where it did not go well."""
    status = str(one["StatusCode"])
    cause = str(one.get("Cause") or "").rstrip(".")
    policy = _POLICY.search(cause)
    cause = policy[0] if policy else cause
    says = f"autoscaler: {str(one['Description']).rstrip('.').lower()}"
    says += f" ({cause})" if cause else ""
    if status in {"Successful", "InProgress", "Pending"}:
        return says if status == "Successful" else f"{says}, under way"
    return f"{says}, {status.lower()}: {one.get('StatusMessage') or 'no reason given'}"


def _event(message: str) -> str:
    """ECS begins each with the service's name, which everybody knows who asked."""
    _, closes, rest = message.partition(") ")
    return f"ECS: {rest if message.startswith('(service ') and closes else message}"
