"""Where to look, for who typed a command away from where its effect shows."""

from bot.views.incident.words import place
from bot.views.message import Message
from model.incidents.state import Incident
from model.outcomes import Outcome, UpdateIncident, UpdateOperation


def elsewhere(outcome: Outcome, channel: str) -> Message | None:
    """`INC-1: taken; it shows in #inc-1-api-down.` None where the channel itself shows it."""
    match outcome:
        case UpdateIncident(incident=Incident() as incident) if _is_archived(incident):
            said = (
                f"{incident.id}: taken. Its channel {place(incident)} is archived, so it shows in #incidents"
            )
            return Message(text=f"{said} only. Unarchive the channel to go on there; apps cannot.")
        case UpdateIncident(incident=Incident() as incident) if incident.channel not in ("", channel):
            return Message(text=f"{incident.id}: taken; it shows in {place(incident)}.")
        case UpdateOperation(operation) if operation.channel != channel:
            return Message(text=f"{operation.id}: taken; it shows in <#{operation.channel}>.")
        case _:
            return None


def _is_archived(incident: Incident) -> bool:
    """Whether Slack said so when something was to be shown there."""
    return any("is_archived" in trouble.why for trouble in incident.degraded)
