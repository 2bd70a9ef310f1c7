"""Alerts: what comes in is recorded, told once, and followed by the incident that it is linked to."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.alerts.door import AlertDoor
from bot.alerts.reactions import AlertReactions
from bot.alerts.recorder import AlertRecorder
from bot.ids import TimerId
from bot.reactions import Feature
from bot.services import Services
from bot.slack.announce_channel import AnnounceChannel
from model.events import RecordedEvent


@dataclass(frozen=True)
class _Beside:
    """A reaction to streams that another feature owns."""

    told: Callable[[str, Sequence[RecordedEvent]], Awaitable[None]]

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        await self.told(id, news)


def build(services: Services) -> Feature:
    """Streams `alr:`, and beside others `inc:` and `mnt:`; timers `alert:` and `quiet:`."""
    ground, slack, journal = services.ground, services.slack, services.journal
    settings = ground.settings

    @lru_cache(maxsize=500)
    def channel(name: str) -> AnnounceChannel:
        return AnnounceChannel(slack.chat, journal.opened.kept, name, private=settings.private_channels)

    reactions = AlertReactions(
        ground.catalog, journal.opened.journal, journal.alerts, journal.incidents, journal.open_incidents,
        slack.chat, channel, slack.incidents_channel, journal.later, journal.wake, ground.clock,
        slack.me.team,
    )  # fmt: skip
    beside = {"inc": _Beside(reactions.of_incident), "mnt": _Beside(reactions.of_maintenance)}
    timers = {"alert": reactions.fire, "quiet": reactions.release}
    return Feature({"alr": reactions}, timers, beside)


def door(services: Services) -> AlertDoor:
    """Where tools post their alerts."""
    ground, journal = services.ground, services.journal
    recorder = AlertRecorder(
        journal.opened.journal, journal.alerts, journal.maintenances, journal.wake, ground.clock,
        services.slack.me.team,
    )  # fmt: skip
    tokens = {name: token.get_secret_value() for name, token in ground.settings.alert_tokens.items()}

    async def ask(incident: str) -> None:
        await journal.later(TimerId("pager", incident), ground.clock())

    return AlertDoor(ground.catalog, tokens, recorder, ask)
