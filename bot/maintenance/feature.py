"""Maintenance: announced ahead, started, ended."""

from bot.maintenance.reactions import MaintenanceReactions
from bot.reactions import Feature
from bot.services import Services


def build(services: Services) -> Feature:
    """Streams `mnt:`; the timer of reminders."""
    ground, slack, journal = services.ground, services.slack, services.journal
    reactions = MaintenanceReactions(
        ground.catalog, journal.opened.journal, journal.maintenances, slack.chat, slack.directory,
        slack.incidents_channel, journal.later, ground.clock, slack.me.team, journal.wake,
    )  # fmt: skip
    return Feature({"mnt": reactions}, {"maintenance": reactions.fire})
