"""Outgoing webhooks: signed, in order, tried again, each delivery in the audit log."""

from bot.reactions import Feature
from bot.services import Services
from bot.webhooks.deliveries import Deliveries, Endpoint
from model.standard_webhooks import key_of


def build(services: Services) -> Feature:
    """Beside the incidents' own reaction to `inc:`; timers `hook:`."""
    ground, slack, journal = services.ground, services.slack, services.journal
    endpoints = [
        Endpoint(url, key_of(secret.get_secret_value())) for url, secret in ground.settings.webhooks.items()
    ]
    deliveries = Deliveries(
        endpoints, ground.http, journal.incidents, journal.opened.journal, journal.opened.kept,
        journal.later, ground.clock, slack.operators, slack.me.team,
    )  # fmt: skip
    return Feature(beside={"inc": deliveries}, timers={"hook": deliveries.fire})
