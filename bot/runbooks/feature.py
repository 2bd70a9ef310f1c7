"""Runbooks that people walk through."""

from bot.reactions import Feature
from bot.runbooks.reactions import RunbookReactions
from bot.services import Services


def build(services: Services) -> Feature:
    """Streams `guide:`; a run of a runbook sets no timers."""
    return Feature({"guide": RunbookReactions(services.journal.runbook_runs, services.slack.chat)})
