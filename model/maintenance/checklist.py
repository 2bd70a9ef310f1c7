"""What to do before and after a maintenance (Miyabi Web API runbook, sections 8.2 and 8.3)."""

from typing import Literal

Item = Literal[
    "notify",
    "backup",
    "rollback",
    "staging",
    "communication",
    "health",
    "metrics",
    "documentation",
    "notice",
    "review",
]

BEFORE: dict[Item, str] = {
    "notify": "Notify stakeholders",
    "backup": "Create database backup",
    "rollback": "Verify rollback procedures",
    "staging": "Test changes in staging",
    "communication": "Prepare communication",
}
"""What is ticked before it starts."""

AFTER: dict[Item, str] = {
    "health": "Verify all health checks pass",
    "metrics": "Confirm metrics are normal",
    "documentation": "Update documentation",
    "notice": "Send completion notification",
    "review": "Schedule post-maintenance review",
}
"""What is ticked once the work is through."""

SAYS: dict[Item, str] = BEFORE | AFTER

TICKED_BY: dict[Item, str] = {"notice": "maintenance done"}
"""Items that only the command itself ticks, so that the checklist never says what is not so."""
