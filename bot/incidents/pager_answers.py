"""Asks the pager what became of a page, and tells it: nobody alarmed, or somebody has answered there."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.gate import streams
from bot.gate.indexes import of_incident
from bot.gate.projections import Projection
from bot.ids import TimerId
from bot.on_call.pagerduty_rest import PagerDutyRefused
from bot.on_call.pages import PageAnswer
from bot.reactions import Later
from model.events import Actor, RecordedEvent
from model.incidents.events import Acknowledged, to_event
from model.incidents.pager_events import PageSeen
from model.incidents.state import Incident
from model.ports.journal import Commit, Committed, Journal, Woken, Write

_LOG = structlog.get_logger()

FIRST = timedelta(seconds=15)
"""How long after a page was taken the pager is asked: an incident of its own is there within seconds."""

OFTEN, OFTEN_FOR = timedelta(seconds=20), timedelta(minutes=15)
SELDOM, AT_MOST = timedelta(minutes=1), timedelta(hours=4)
"""How often it is asked while nobody has answered, and for how long."""


class Pages(Protocol):
    """Where pages went."""

    @property
    def is_on(self) -> bool:
        """Whether it can be asked."""
        ...

    async def of(self, key: str) -> PageAnswer:
        """What became of one. Raises PagerDutyRefused."""
        ...


class PagerAnswers:
    """Timer `pager:INC-1`. find: Slack's id of an e-mail address, empty where there is none."""

    def __init__(
        self,
        pages: Pages,
        incidents: Projection[Incident],
        journal: Journal,
        find: Callable[[str], Awaitable[str]],
        later: Later,
        wake: Woken,
        clock: Callable[[], datetime],
        team: str,
    ) -> None:
        self._pages, self._incidents, self._journal, self._find = pages, incidents, journal, find
        self._later, self._wake, self._clock, self._team = later, wake, clock, team

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Something was taken: ask soon."""
        if self._pages.is_on and any(one.type == "incident.page_taken" for one in news):
            await self._later(TimerId("pager", id), self._clock() + FIRST)

    async def fire(self, id: str) -> None:
        """Ask about every page that nobody has answered, record what is new, and ask again later."""
        incident = await self._incidents.get(id)
        if incident is None or not incident.is_open or not self._pages.is_on:
            return
        left = 0
        for team, taken_at in _taken(incident).items():
            known = next((one for one in incident.pages_seen if one.team == team), None)
            if (known and known.outcome == "acknowledged") or self._clock() - taken_at > AT_MOST:
                continue
            left += 1
            try:
                answer = await self._pages.of(f"{id}:{team}" if team else id)
            except PagerDutyRefused as refused:
                _LOG.warning("the pager did not say what became of a page", incident=id, error=str(refused))
                continue
            seen = PageSeen(team=team, outcome=answer.outcome, by=answer.by)
            if seen != known:
                await self._record(incident, seen, answer.email)
        if left:
            young = self._clock() - max(_taken(incident).values()) < OFTEN_FOR
            await self._later(TimerId("pager", id), self._clock() + (OFTEN if young else SELDOM))

    async def _record(self, incident: Incident, seen: PageSeen, email: str) -> None:
        """Who answers the incident's own page has acknowledged the incident; so has nobody else."""
        events = [to_event(seen)]
        user = ""
        if seen.outcome == "acknowledged" and not seen.team and not incident.is_acknowledged:
            user = await self._find(email) if email else ""
            events.append(to_event(Acknowledged()))
        now = self._clock()
        write = Write(stream=streams.incident(incident.id), events=tuple(events))
        commit = Commit(
            at=now,
            who=Actor(team=self._team, user=user or "MUSTER", via="system"),
            writes=(write,),
            indexes=tuple(of_incident(incident.id, now, events)),
            audit={"incident": incident.id, "pager": seen.model_dump(mode="json")},
        )
        if isinstance(await self._journal.commit(commit), Committed):
            self._wake(write.stream)


def _taken(incident: Incident) -> dict[str, datetime]:
    """Team → when the pager took its page; the incident's own is of no team."""
    own = {"": incident.page_taken_at} if incident.page_taken_at else {}
    return own | {one.team: one.taken_at for one in incident.paged if one.taken_at and not one.person}
