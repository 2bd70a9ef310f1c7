"""What follows from an incident's events: its channel, headline, posts, pages and clocks."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import get_args

import structlog

from bot.gate import streams
from bot.gate.incident_plans import IncidentPlans
from bot.gate.indexes import of_incident
from bot.gate.projections import Projection
from bot.ids import TimerId
from bot.incidents.effects import IncidentEffects, OnCallUnknown
from bot.incidents.paging import NotPaged
from bot.reactions import Later
from bot.slack.channels import ChannelNameTaken
from bot.slack.messages import SlackRefused, SlackUnreachable
from model.catalog.schema import Catalog
from model.events import Actor, Event, RecordedEvent
from model.incidents.clocks import clocks, fire
from model.incidents.events import EffectName, StepFailed, StepRecovered, to_event
from model.incidents.on_call_events import LevelsTold, untold
from model.incidents.state import Incident
from model.ports.journal import Commit, Committed, Journal, Woken, Write

_LOG = structlog.get_logger()


SELDOM = timedelta(minutes=10)
"""How long at most until a step that failed is taken again."""

_ENDS_WITH_IT = frozenset[EffectName]({"channel", "topic", "invite", "pin"})
"""Steps that nobody needs any more once the incident is over."""


class IncidentReactions:
    """Reaction to `inc:` streams. Each step stands alone: one that fails is shown, and tried again."""

    def __init__(
        self,
        catalog: Catalog,
        journal: Journal,
        incidents: Projection[Incident],
        steps: IncidentEffects,
        later: Later,
        clock: Callable[[], datetime],
        team: str,
        wake: Woken,
        retry_after: timedelta,
        plans: IncidentPlans,
    ) -> None:
        self._plans = plans
        self._retry_after = retry_after
        self._tries: dict[tuple[str, EffectName], int] = {}
        self._forbidden: set[str] = set()
        self._catalog, self._journal, self._incidents = catalog, journal, incidents
        self._steps, self._later, self._clock, self._wake = steps, later, clock, wake
        self._who = Actor(team=team, user="MUSTER", via="timer")

    async def follow(self, id: str, news: Sequence[RecordedEvent]) -> None:
        """Take every step that the news ask for, and set the clocks."""
        incident = await self._incidents.get(id)
        if incident is None:
            return
        types = {one.type for one in news}
        if "incident.resolved" in types and not incident.is_open:
            await self._plans.drop(id, self._who)
        if "incident.reopened" in types and incident.degraded:
            await self._later(TimerId("retry", id), self._clock())  # what nobody needed any more is needed
        await self._set_clocks(incident)  # before anything that waits for Slack
        incident = await self._room(incident, is_back="incident.reopened" in types)
        wanted = self._steps.wanted(incident, news)
        await self._take(incident, wanted, news)

    async def retry(self, id: str) -> None:
        """Take the steps again that are missing."""
        incident = await self._incidents.get(id)
        if incident is None or not incident.degraded:
            return
        self._forbidden.discard(id)
        incident = await self._room(incident)
        missing: list[EffectName] = ["headline"]
        over = _ENDS_WITH_IT if not incident.is_open else frozenset[EffectName]({"channel"})
        missing.extend(trouble.step for trouble in incident.degraded if trouble.step not in over)
        await self._take(incident, missing, ())

    async def fire(self, id: str) -> None:
        """A clock went off: record what is due, which is then told like everything else."""
        incident = await self._incidents.get(id)
        if incident is None:
            return
        due = fire(incident, self._catalog.by_system[incident.system], self._clock())
        if due:
            await self._record(incident, due)
        await self._set_clocks(await self._incidents.get(id) or incident)

    async def _room(self, incident: Incident, *, is_back: bool = False) -> Incident:
        """The incident with its channel; what has no channel goes to where it was declared.

        is_back: it was reopened, and gets another channel where its own was archived meanwhile, as apps
        cannot unarchive one that they are not in (conversations.unarchive). Where Slack could not say so, it
        is asked again with the other effects.
        """
        is_doubted = any(trouble.step == "channel" for trouble in incident.degraded)
        if incident.id in self._forbidden and not is_back:
            return incident  # it is asked again with the other effects, seldom
        if incident.channel and not is_back and not is_doubted:
            return incident
        try:
            if await self._steps.has_channel(incident):
                if is_doubted:
                    await self._record(incident, (to_event(StepRecovered(step="channel")),))
                return await self._incidents.get(incident.id) or incident
            created = await self._steps.create_channel(incident)
        except (SlackRefused, SlackUnreachable, ChannelNameTaken) as error:
            # A right that is missing may be given any minute; a preference of the workspace is a decision.
            lasting = isinstance(error, SlackRefused) and error.is_preference
            if lasting:
                self._forbidden.add(incident.id)
            return await self._failed(incident, "channel", str(error), lasting=lasting)
        await self._record(incident, (to_event(created),))
        return await self._incidents.get(incident.id) or incident

    async def _take(
        self, incident: Incident, wanted: Sequence[EffectName], news: Sequence[RecordedEvent]
    ) -> None:
        for step in (name for name in get_args(EffectName) if name in wanted):
            is_behind = any(trouble.step == step for trouble in incident.degraded)
            try:
                # What failed before is told first: the new alone would pass for all of it.
                told = await self._journal.read(incident.stream) if is_behind else news
                done = await self._steps.take(step, incident, told)
            except (SlackRefused, SlackUnreachable, NotPaged, OnCallUnknown) as error:
                lasting = isinstance(error, SlackRefused) and error.is_lasting
                incident = await self._failed(incident, step, str(error), lasting=lasting)
                continue
            self._tries.pop((incident.id, step), None)
            if done is not None:
                await self._record(incident, (to_event(done),))
                incident = await self._incidents.get(incident.id) or incident
            if isinstance(done, LevelsTold) and (why := untold(done)):
                incident = await self._failed(incident, step, why)
                continue
            if any(trouble.step == step for trouble in incident.degraded):
                await self._record(incident, (to_event(StepRecovered(step=step)),))
                incident = await self._incidents.get(incident.id) or incident

    async def _failed(
        self, incident: Incident, step: EffectName, why: str, *, lasting: bool = False
    ) -> Incident:
        """Keep that a step failed, once, and try it again: each time later, seldom what will not change."""
        _LOG.warning("step failed", incident=incident.id, step=step, why=why)
        if not any(trouble.step == step and trouble.why == why for trouble in incident.degraded):
            await self._record(incident, (to_event(StepFailed(step=step, why=why)),))
        tries = self._tries[incident.id, step] = self._tries.get((incident.id, step), 0) + 1
        wait = SELDOM if lasting else min(self._retry_after * 2 ** min(tries - 1, 10), SELDOM)
        if incident.is_open or step not in _ENDS_WITH_IT:
            await self._later(TimerId("retry", incident.id), self._clock() + wait)
        return await self._incidents.get(incident.id) or incident

    async def _set_clocks(self, incident: Incident) -> None:
        due = clocks(incident, self._catalog.by_system[incident.system])
        if due:
            await self._later(TimerId("clock", incident.id), due[0].due_at)

    async def _record(self, incident: Incident, events: Sequence[Event]) -> None:
        """What Muster itself did or saw; appended whatever the version, as it contradicts nobody."""
        write = Write(stream=streams.incident(incident.id), events=tuple(events))
        now = self._clock()
        commit = Commit(
            at=now,
            who=self._who,
            writes=(write,),
            indexes=tuple(of_incident(incident.id, now, events)),
            audit={"incident": incident.id},
        )
        if isinstance(await self._journal.commit(commit), Committed):
            self._wake(write.stream)
