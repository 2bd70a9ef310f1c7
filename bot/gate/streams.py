"""Names of streams and indexes, in one place."""

OPEN_INCIDENTS = "open-incidents"
"""Sorted set of incident ids that are not resolved, by time of declaration."""

ALL_INCIDENTS = "incidents"
"""Sorted set of all incident ids, by time of declaration."""

INCIDENT_OF_CHANNEL = "incident-of-channel"
"""Map: Slack channel id → incident id."""

UNFINISHED = "operations-unfinished"
"""Sorted set of operation ids that are not over, by time of asking."""

PLANNED_MAINTENANCE = "maintenance-planned"
"""Sorted set of maintenance ids that are not over, by their start."""

RUNNING_MAINTENANCE = "maintenance-running"
"""Map: service id → id of the maintenance that runs."""


OPEN_ALERTS = "alerts-open"
"""Sorted set of ids of alerts that fire, by when they came in."""

ALERT_OF_KEY = "alert-of-key"
"""Map: digest of a tool's own key → alert id."""


def quiet_alerts(maintenance: str) -> str:
    """Sorted set of ids of alerts that came in during a maintenance."""
    return f"alerts-quiet:{maintenance}"


def operations_of(service: str) -> str:
    """Sorted set of a service's operation ids, by time of asking."""
    return f"operations:{service}"


def operations_in(channel: str) -> str:
    """Sorted set of a channel's operation ids, by time of asking."""
    return f"operations-in:{channel}"


def operation(id: str) -> str:
    """The stream of an operation."""
    return f"op:{id}"


def incident(id: str) -> str:
    """The stream of an incident."""
    return f"inc:{id}"


def look(id: str) -> str:
    """The stream of a question that was asked of a target."""
    return f"look:{id}"


def maintenance(id: str) -> str:
    """The stream of a maintenance."""
    return f"mnt:{id}"


def guide(id: str) -> str:
    """The stream of a runbook that people walk through."""
    return f"guide:{id}"


def alert(id: str) -> str:
    """The stream of an alert."""
    return f"alr:{id}"


def report(id: str) -> str:
    """The stream of a report that was asked for."""
    return f"rpt:{id}"
