"""What follows from an alert's events: its message, what its incident is told, and when it is told anew."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from bot.gate import streams
from bot.gate.indexes import of_incident
from bot.gate.open_incidents import OpenIncidentsReader
from bot.gate.projections import Projection
from bot.ids import TimerId
from bot.reactions import Later
from bot.slack.announce_channel import AnnounceChannel
from bot.slack.messages import Chat, SlackRefused
from bot.views.alert import alert_post, kept_quiet
from bot.views.message import Message
from model.alerts.decide import released, returned
from model.alerts.events import AlertEvent, Linked, to_event
from model.alerts.state import Alert
from model.catalog.schema import Catalog, Service
from model.events import Actor, Event, RecordedEvent
from model.incidents.alert_events import AlertChanged
from model.incidents.events import to_event as incident_event
from model.incidents.state import Incident
from model.ports.journal import Commit, Committed, IndexChange, Journal, Woken, Write

_LOG = structlog.get_logger()

MOST_OF_A_MAINTENANCE = 500
"""Alerts that fire which are looked through when a maintenance ends."""

_ENDS = frozenset({"maintenance.done", "maintenance.cancelled"})


class AlertReactions:
    """Reaction to `alr:` streams, beside those to `inc:` and `mnt:`; timers `alert:ALR-3`, `quiet:MNT-1`."""

    def __init__(
        self,
        catalog: Catalog,
        journal: Journal,
        alerts: Projection[Alert],
        incidents: Projection[Incident],
        opened: OpenIncidentsReader,
        chat: Chat,
        channels: Callable[[str], AnnounceChannel],
        incidents_channel: Callable[[], Awaitable[str]],
        later: Later,
        wake: Woken,
        clock: Callable[[], datetime],
        team: str,
    ) -> None:
        self._catalog, self._journal, self._alerts, self._incidents = catalog, journal, alerts, incidents
        self._opened, self._chat, self._channels = opened, chat, channels
        self._incidents_channel, self._later, self._wake = incidents_channel, later, wake
        self._clock, self._who = clock, Actor(team=team, user="MUSTER", via="system")

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Show the alert as it is, and tell its incident."""
        alert = await self._alerts.get(id)
        if alert is None:
            return
        if alert.ignored_until and any(one.type == "alert.ignored" for one in news):
            await self._later(TimerId("alert", id), alert.ignored_until)
        incident = await self._incidents.readable(alert.incident) if alert.incident else None
        if incident is not None:
            await self._tell(incident, alert)
        if not alert.quiet:
            await self._show(alert, incident)

    async def fire(self, id: str) -> None:
        """What somebody ignored for a while is told anew, if it still fires."""
        alert = await self._alerts.get(id)
        event = returned(alert, self._clock()) if alert else None
        if alert is not None and event is not None:
            await self._record(alert, event)
        elif alert is not None and alert.ignored_until is not None and not alert.quiet:
            incident = await self._incidents.readable(alert.incident) if alert.incident else None
            await self._show(alert, incident)

    async def of_incident(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """An alert was linked there: it says so from now on."""
        for one in (event for event in news if event.type == "incident.alert_linked"):
            alert = await self._alerts.readable(str(one.data.get("alert", "")))
            if alert is not None and alert.incident != id:
                await self._record(alert, Linked(incident=id))

    async def of_maintenance(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Its end: what follows has a timer of its own, as Slack may refuse it and others wait here."""
        if any(one.type in _ENDS for one in news):
            await self._later(TimerId("quiet", id), self._clock())

    async def release(self, id: str) -> None:
        """What a maintenance kept quiet is counted, and told where it still fires."""
        listed = await self._journal.members(streams.quiet_alerts(id), newest=MOST_OF_A_MAINTENANCE)
        known = (await self._alerts.read(listed)).states
        quiet = [known[one] for one in listed if one in known and known[one].quiet == id]
        if quiet and not await self._chat.has_begun(f"alr-quiet:{id}"):
            await self._chat.put(f"alr-quiet:{id}", await self._incidents_channel(), kept_quiet(id, quiet))
        for alert in quiet:
            event = released(alert, id)
            if event is not None:
                await self._record(alert, event)

    async def _show(self, alert: Alert, incident: Incident | None) -> None:
        service = self._catalog.service(alert.said.service) if alert.said.service else None
        near = (await self._opened.now()).of_service.get(service.id, ()) if service else ()
        shown = alert_post(alert, service, incident, next(iter(near), None), self._clock())
        await self._put(f"alr:{alert.id}:{alert.episode}", service, shown)

    async def _put(self, key: str, service: Service | None, shown: Message) -> None:
        """In the service's own channel; where it has none, or none that can be written to, in #incidents."""
        if service is not None and service.channel:
            try:
                await self._chat.put(key, await self._channels(service.channel).id(), shown)
                return
            except SlackRefused as refused:
                _LOG.warning("alerts go to the incidents channel", service=service.id, error=str(refused))
                key = f"{key}:incidents"
        await self._chat.put(key, await self._incidents_channel(), shown)

    async def _tell(self, incident: Incident, alert: Alert) -> None:
        """The incident's timeline and headline follow what is linked to it, while it is open."""
        known = next((one for one in incident.alerts if one.alert == alert.id), None)
        if known is None or known.is_firing == alert.is_firing or not incident.is_open:
            return
        event = incident_event(AlertChanged(alert=alert.id, is_firing=alert.is_firing))
        changes = tuple(of_incident(incident.id, self._clock(), (event,)))
        audit = {"incident": incident.id, "alert": alert.id}
        await self._append(streams.incident(incident.id), event, audit, changes)

    async def _record(self, alert: Alert, event: AlertEvent) -> None:
        await self._append(streams.alert(alert.id), to_event(event), {"alert": alert.id})

    async def _append(
        self,
        stream: str,
        event: Event,
        audit: dict[str, str],
        indexes: tuple[IndexChange, ...] = (),
    ) -> None:
        """What Muster has seen contradicts nobody, so it waits for nobody's turn."""
        write = Write(stream=stream, events=(event,))
        commit = Commit(at=self._clock(), who=self._who, writes=(write,), indexes=indexes, audit={**audit})
        if isinstance(await self._journal.commit(commit), Committed):
            self._wake(stream)
