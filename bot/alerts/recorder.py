"""From what a tool said to the journal: once it is there, the tool is told that it was taken."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.gate import streams
from bot.gate.indexes import of_alert
from bot.gate.projections import Projection
from model.alerts.decide import noticed
from model.alerts.events import AlertEvent, to_event
from model.alerts.notice import AlertNotice
from model.alerts.state import Alert
from model.events import Actor
from model.maintenance.state import Maintenance
from model.ports.journal import Commit, Committed, Duplicate, Journal, JournalUnavailable, Woken, Write

ATTEMPTS = 8
"""Decisions on an alert that something else keeps moving."""


class AlertRecorder:
    """Writes what is new of alerts; the same said again writes nothing."""

    def __init__(
        self,
        journal: Journal,
        alerts: Projection[Alert],
        maintenances: Projection[Maintenance],
        wake: Woken,
        clock: Callable[[], datetime],
        team: str,
    ) -> None:
        self._journal, self._alerts, self._maintenances = journal, alerts, maintenances
        self._wake, self._clock = wake, clock
        self._who = Actor(team=team, user="MUSTER", via="system")

    async def record(self, notices: Sequence[AlertNotice]) -> int:
        """How many said something new. Raises JournalUnavailable: the tool is then to send it again."""
        return sum([await self._one(notice) for notice in notices])

    async def _one(self, said: AlertNotice) -> bool:
        """Decide again on a fresh view where another request was faster."""
        notice = said.clean
        quiet = await self._quiet(notice.service)
        for _ in range(ATTEMPTS):
            known = await self._journal.lookup(streams.ALERT_OF_KEY, notice.digest)
            alert = await self._alerts.get(known) if known else None
            if alert is None and not notice.is_firing:
                return False
            id = alert.id if alert else await self._journal.next_id("ALR")
            event = noticed(alert, notice, id, quiet)
            if event is None:
                return False
            result = await self._journal.commit(self._commit(id, event, alert, notice))
            match result:
                case Committed():
                    self._wake(streams.alert(id))
                    return True
                case Duplicate():
                    continue  # the same alert came twice at once; the other one has made it
                case _:
                    continue
        raise JournalUnavailable(f"{notice.title[:80]} was moved by others at the same moment; send it again")

    def _commit(self, id: str, event: AlertEvent, alert: Alert | None, notice: AlertNotice) -> Commit:
        now = self._clock()
        recorded = to_event(event)
        expect = alert.version if alert else 0
        return Commit(
            at=now,
            who=self._who,
            claim=None if alert else f"alert:{notice.digest}",
            result=id,
            writes=(Write(stream=streams.alert(id), expect=expect, events=(recorded,)),),
            indexes=tuple(of_alert(id, now, (recorded,))),
            audit={"alert": id, "source": notice.source, "title": notice.title},
        )

    async def _quiet(self, service: str) -> str:
        """The maintenance of the service that runs now; empty where none does."""
        id = await self._journal.lookup(streams.RUNNING_MAINTENANCE, service) if service else None
        maintenance = await self._maintenances.readable(id) if id else None
        return maintenance.id if maintenance and maintenance.covers(self._clock()) else ""
