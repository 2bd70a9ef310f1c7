"""An escalation reaches people: each of a level by the ways that the catalog maps them to; it is said how.

A group is told by the post that mentions it, so it counts only where Slack has one of that handle.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from bot.incidents.paging import NotPaged, Pager
from model.catalog.on_call import Reach
from model.catalog.schema import Catalog
from model.catalog.system import EscalationLevel, System
from model.incidents.on_call_events import Level, LevelResult, LevelsTold, Told
from model.incidents.state import Incident
from model.on_call.people import OnCallNow

_CONTACTS = 3


class OnCall(Protocol):
    """Who is on call; `bot.on_call` knows."""

    def has_schedule(self, handle: str) -> bool:
        """Whether the catalog has a schedule of that handle."""
        ...

    async def of(self, handle: str) -> OnCallNow:
        """How it stands. Never raises: trouble is told."""
        ...


class GroupNames(Protocol):
    """How a group is mentioned; the directory of Slack knows."""

    def mention(self, handle: str) -> str:
        """Slack's markup, or its bare handle when Slack has no such group."""
        ...


class Escalations:
    """What was told is not told again; only what the pager did not take is tried once more."""

    def __init__(
        self,
        catalog: Catalog,
        on_call: OnCall,
        pager: Pager,
        directory: GroupNames,
        clock: Callable[[], datetime],
    ) -> None:
        self._catalog, self._on_call, self._pager = catalog, on_call, pager
        self._directory, self._clock = directory, clock

    async def tell(self, incident: Incident) -> LevelsTold | None:
        """Tell every level that is reached and not told; None where that is none. Never raises."""
        system = self._catalog.by_system[incident.system]
        waiting = [one for one in incident.levels if one.is_open]
        results = [
            LevelResult(number=level.number, told=tuple(await self._level(incident, system, level)))
            for level in waiting
        ]
        return LevelsTold(levels=tuple(results)) if results else None

    async def _level(self, incident: Incident, system: System, level: Level) -> list[Told]:
        known = {(one.who, one.how): one for one in level.told if not one.is_tried}
        matrix = _of_matrix(system, level)
        found: list[Told] = []
        for who in level.who:
            reach = matrix.reach.get(who) if matrix else None
            for how, target in _ways(reach):
                before = known.get((who, how))
                found.append(before or await self._tell(incident, system, level, who, how, target, reach))
        return found

    async def _tell(
        self,
        incident: Incident,
        system: System,
        level: Level,
        who: str,
        how: str,
        target: str,
        reach: Reach | None,
    ) -> Told:
        call = (reach.call if reach else "") or _contacts(system, who)
        match how:
            case "group":
                is_there = self._directory.mention(target).startswith("<!subteam")
                why = "" if is_there else f"Slack has no group “{target}”"
                return Told(who=who, how="group", target=target, why=why, call=call)
            case "schedule":
                return await self._schedule(who, target, call)
            case "pager":
                return await self._page(incident, level, who, target, call)
            case _:
                why = "the catalog maps it to no Slack group, schedule or pager"
                return Told(who=who, how="nobody", why=why, call=call)

    async def _schedule(self, who: str, target: str, call: str) -> Told:
        found = await self._on_call.of(target)
        users = tuple(one.user for one in found.now if one.user)
        if users:
            return Told(who=who, how="schedule", target=target, users=users, call=call)
        named = ", ".join(one.named for one in found.now)
        why = f"nobody is on call in “{target}” now"
        if found.trouble:
            why = f"who is on call in “{target}” is not known: {found.trouble}"
        elif named:
            why = f"Slack has nobody called {named}, who is on call in “{target}”"
        phones = ", ".join(one.phone for one in found.now if one.phone)
        return Told(who=who, how="schedule", target=target, why=why, call=phones or call)

    async def _page(self, incident: Incident, level: Level, who: str, team: str, call: str) -> Told:
        if not self._pager.has_own_key(team):
            why = f"the pager has no service for “{team}” here (MUSTER_PAGERDUTY_TEAM_KEYS)"
            return Told(who=who, how="pager", target=team, why=why, call=call)
        try:
            await self._pager.alert(incident, team, f"{level.name}: {incident.title}")
        except NotPaged as error:
            return Told(who=who, how="pager", target=team, why=str(error)[:300], call=call, is_tried=True)
        return Told(who=who, how="pager", target=team, at=self._clock(), call=call)


def _of_matrix(system: System, level: Level) -> EscalationLevel | None:
    """The catalog's own level, as it is written now."""
    levels = system.escalation.levels if system.escalation else ()
    return next((one for one in levels if one.name == level.name and one.who == level.who), None)


def _ways(reach: Reach | None) -> list[tuple[str, str]]:
    if reach is None:
        return [("nobody", "")]
    named = (("group", reach.group), ("schedule", reach.schedule), ("pager", reach.pager))
    return [(how, target) for how, target in named if target] or [("nobody", "")]


def _contacts(system: System, who: str) -> str:
    """Whom the runbook says to call: those of that role, else its first contacts."""
    words = who.casefold()
    own = [one for one in system.contacts if one.role.casefold() in words or words in one.role.casefold()]
    shown = [one.contact for one in own] or [f"{one.role} {one.contact}" for one in system.contacts]
    return ", ".join(shown[:_CONTACTS])
