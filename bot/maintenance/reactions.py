"""What follows from a maintenance's events: its message, its notices and its bells."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import cast

from bot.gate import streams
from bot.gate.projections import Projection
from bot.ids import TimerId
from bot.reactions import Later
from bot.slack.directory import Directory
from bot.slack.messages import Chat, SlackRefused
from bot.views.maintenance.card import card
from bot.views.maintenance.notice import notice, reminder
from bot.views.message import Message
from model.catalog.schema import Catalog
from model.events import Actor, RecordedEvent
from model.maintenance.clocks import due_timers, fire
from model.maintenance.events import Reminded, from_recorded
from model.maintenance.state import Maintenance, fold
from model.ports.journal import Commit, Committed, Journal, Woken, Write

_POSTED = frozenset(
    {"maintenance.reminded", "maintenance.started", "maintenance.done", "maintenance.cancelled"}
)
"""Events that are told in a post of their own; the others only change the message."""


class MaintenanceReactions:
    """Reaction to `mnt:` streams; each step is safe to repeat."""

    def __init__(
        self,
        catalog: Catalog,
        journal: Journal,
        maintenances: Projection[Maintenance],
        chat: Chat,
        directory: Directory,
        incidents_channel: Callable[[], Awaitable[str]],
        later: Later,
        clock: Callable[[], datetime],
        team: str,
        wake: Woken,
    ) -> None:
        self._catalog, self._journal, self._maintenances = catalog, journal, maintenances
        self._chat, self._directory, self._incidents_channel = chat, directory, incidents_channel
        self._later, self._clock, self._wake = later, clock, wake
        self._who = Actor(team=team, user="MUSTER", via="timer")

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Set the next bell, show the maintenance as it is, post what is news."""
        maintenance = await self._maintenances.get(id)
        if maintenance is None:
            return
        await self._set_bell(maintenance)
        await self._show(maintenance)
        if any(one.type in _POSTED for one in news):
            await self._post(maintenance, news)

    async def fire(self, id: str) -> None:
        """A bell: record what is due, which is then told like everything else."""
        maintenance = await self._maintenances.get(id)
        if maintenance is None:
            return
        due = fire(maintenance, self._clock())
        if due:
            write = Write(stream=streams.maintenance(id), events=due)
            commit = Commit(at=self._clock(), who=self._who, writes=(write,), audit={"maintenance": id})
            if isinstance(await self._journal.commit(commit), Committed):
                self._wake(write.stream)
        await self._set_bell(await self._maintenances.get(id) or maintenance)

    async def _set_bell(self, maintenance: Maintenance) -> None:
        due = due_timers(maintenance)
        if due:
            await self._later(TimerId("maintenance", maintenance.id), due[0].at)

    async def _show(self, maintenance: Maintenance) -> None:
        """In the incidents channel, and where it was asked for."""
        shown = card(maintenance, self._clock())
        channel = await self._incidents_channel()
        if maintenance.asked_in not in {"", channel}:
            with suppress(SlackRefused):  # a copy: the one in #incidents says the same
                await self._chat.put(f"mnt:{maintenance.id}:asked", maintenance.asked_in, shown)
        await self._chat.put(f"mnt:{maintenance.id}", channel, shown)

    async def _post(self, maintenance: Maintenance, news: Sequence[RecordedEvent]) -> None:
        channel = await self._incidents_channel()
        records = await self._journal.read(maintenance.stream)
        for one in (record for record in news if record.type in _POSTED):
            then = fold(records[: one.version])
            if then is not None:
                await self._chat.put(f"mnt:{then.id}:{one.version}", channel, self._told(then, one))

    def _told(self, then: Maintenance, record: RecordedEvent) -> Message:
        """The post of one event, from the maintenance as it was right after it."""
        if record.type != "maintenance.reminded":
            return notice(then, self._catalog.by_system[then.system], record.at)
        fired = cast(Reminded, from_recorded(record))
        service = self._catalog.service(then.service)
        return reminder(then, fired.bell, record.at, service, self._directory.mention)
