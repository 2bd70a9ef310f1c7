"""What people are told of a maintenance: the system's communication template, filled from what is known."""

from datetime import UTC, datetime

from model.catalog.system import System
from model.incidents.post import UNKNOWN, fill
from model.maintenance.decide import left
from model.maintenance.state import Maintenance, Phase

SEVERITY = "MAINTENANCE"
"""What stands in the place of a severity: it is no incident."""

_STATUS = {
    Phase.SCHEDULED: "Scheduled",
    Phase.RUNNING: "In progress",
    Phase.DONE: "Completed",
    Phase.CANCELLED: "Cancelled",
}
_OVER = "None, the maintenance is over"


def render_notice(maintenance: Maintenance, system: System) -> str:
    """The notice for the maintenance as it stands, as plain text without Slack's markup."""
    return fill(system, _variables(maintenance, system))


def _variables(maintenance: Maintenance, system: System) -> dict[str, object]:
    """The names a communication template may use; see `model.incidents.post.variables`."""
    status = _STATUS[maintenance.phase]
    loud = bool(system.template) and all(one.isupper() for one in system.template.statuses)
    timeline = _timeline(maintenance)
    return {
        "severity": SEVERITY,
        "service": maintenance.service_name,
        "title": maintenance.text or "Scheduled maintenance",
        "status": status.upper() if loud else status,
        "impact": [maintenance.service_name],
        "timeline": timeline,
        "actions": _actions(maintenance),
        "next_update": "When it is done" if maintenance.is_open else _OVER,
        "started": f"{(maintenance.started_at or maintenance.start).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "eta": _clock(maintenance.end) if maintenance.is_open else _OVER,
        "customers": UNKNOWN,
        "affected": maintenance.service_name,
        "latest": timeline[-1],
        "updates_url": system.links.get("status_page", UNKNOWN),
        "questions": system.links.get("questions", "#incidents"),
    }


def _timeline(maintenance: Maintenance) -> list[tuple[str, str]]:
    times = f"{_clock(maintenance.start)} to {_clock(maintenance.end)} UTC"
    found = [(_clock(maintenance.scheduled_at), f"Announced for {times}")]
    if maintenance.started_at:
        found.append((_clock(maintenance.started_at), "Started"))
    if maintenance.ended_at:
        said = f"{_STATUS[maintenance.phase]}: {maintenance.last_words}".removesuffix(": ")
        late = maintenance.phase is Phase.DONE and maintenance.ended_at > maintenance.end
        found.append((_clock(maintenance.ended_at), said + (" (later than announced)" if late else "")))
    return found


def _actions(maintenance: Maintenance) -> list[str]:
    if maintenance.phase is Phase.RUNNING:
        return [maintenance.text or "The maintenance is under way"]
    if maintenance.phase is Phase.DONE:
        return list(left(maintenance)) or [_OVER]
    return [_OVER]


def _clock(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
