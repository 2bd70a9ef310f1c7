"""Where to look, for who typed a command away from where its effect shows."""

from bot.views.incident_words import place
from bot.views.message import Message
from model.incidents.state import Incident
from model.world import Outcome, Press, Tend


def elsewhere(outcome: Outcome, channel: str) -> Message | None:
    """`INC-1: taken; it shows in #inc-1-api-down.` None where the channel itself shows it."""
    match outcome:
        case Tend(incident=Incident() as incident) if incident.channel not in ("", channel):
            return Message(text=f"{incident.id}: taken; it shows in {place(incident)}.")
        case Press(operation) if operation.channel != channel:
            return Message(text=f"{operation.id}: taken; it shows in <#{operation.channel}>.")
        case _:
            return None
