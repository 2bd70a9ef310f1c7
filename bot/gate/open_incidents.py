"""The open incidents as they are now, kept in memory and brought forward by what the log says has moved."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import cast

from bot.gate import streams
from bot.gate.projections import Projection, Unreadable
from model.incidents.opened import OpenIncidents
from model.incidents.state import Incident
from model.incidents.unreadable import is_over, unreadable
from model.ports.journal import GetMembers, Journal
from model.ports.log import GetLogPlace, GetMoves, LogPlace, Moves

CHANNELS = 1_000
"""Channels of which is known whether they are an incident's; the least recently asked for go first."""

_INCIDENT = streams.incident("")


class OpenIncidentsReader:
    """Every commit stands in the log, whichever process or version of Muster wrote it: none is missed.

    forget: called when the log is not the one that was followed (a server that lost its end), for whatever
    else was kept of it.
    """

    def __init__(self, journal: Journal, incidents: Projection[Incident], forget: Callable[[], None]) -> None:
        self._journal, self._incidents, self._forget = journal, incidents, forget
        self._place: LogPlace | None = None
        self._open = OpenIncidents()
        self._channels: OrderedDict[str, str | None] = OrderedDict()
        self._one_reads = asyncio.Lock()
        self._begun = self._read = 0

    async def now(self) -> OpenIncidents:
        """As they are after whatever was committed before this was asked. Raises JournalUnavailable.

        Who asks while somebody reads waits for the next reading, which then serves all who wait.
        """
        enough = self._begun + 1
        async with self._one_reads:
            if self._read < enough:
                self._begun += 1
                await self._bring_forward()
                self._read = self._begun
            return self._open

    async def of_channel(self, channel: str) -> str | None:
        """The id of the incident whose channel it is, as of the last `now`. Raises JournalUnavailable."""
        if channel not in self._channels:
            found = await self._journal.lookup(streams.INCIDENT_OF_CHANNEL, channel)
            self._channels.setdefault(channel, found)  # what has moved meanwhile says it better
        self._channels.move_to_end(channel)
        while len(self._channels) > CHANNELS:
            self._channels.popitem(last=False)
        return self._channels.get(channel)

    def renew(self) -> None:
        """Read them anew the next time: the lists of the journal were put right."""
        self._place = None

    async def _bring_forward(self) -> None:
        while (place := self._place) is not None:
            moves = cast(Moves | None, (await self._journal.view([GetMoves(after=place)]))[0])
            if moves is None:
                self._forget()
                break
            await self._follow(moves)
            if self._place is place:  # else the lists were put right meanwhile
                self._place = moves.to
                if moves.is_all:
                    return
        await self._read_anew()

    async def _follow(self, moves: Moves) -> None:
        """What fails here is looked at again, as the place moves on only afterwards."""
        moved = {
            stream.removeprefix(_INCIDENT): version
            for stream, version in moves.versions.items()
            if stream.startswith(_INCIDENT)
        }
        found = await self._incidents.read([id for id, new in moved.items() if self._version(id) < new])
        listed = set(await self._listed()) if found.unreadable else set[str]()
        for id in moved:
            known = self._incidents.known(id)
            if (one := found.unreadable.get(id)) is not None:
                was_open = id in self._open.by_id or id in self._open.unreadable
                is_open = id in listed or (was_open and not is_over(one.news))
                self._take_in(id, one, is_open=is_open)
            elif known is not None:
                self._open = self._open.after(known)
                if known.channel:
                    self._channels[known.channel] = id

    def _take_in(self, id: str, one: Unreadable[Incident], *, is_open: bool) -> None:
        """One that cannot be read counts as open where a list or what was known before says so."""
        what = unreadable(id, one.why, one.before, one.news)
        self._open = self._open.beside(what) if is_open else self._open.without(id)
        if what.channel:
            self._channels[what.channel] = id

    async def _listed(self) -> list[str]:
        return cast(list[str], (await self._journal.view([GetMembers(index=streams.OPEN_INCIDENTS)]))[0])

    def _version(self, id: str) -> int:
        known = self._incidents.known(id)
        return known.version if known else 0

    async def _read_anew(self) -> None:
        """All of them. What moves meanwhile is looked at again, from the place before."""
        answers = await self._journal.view([GetLogPlace(), GetMembers(index=streams.OPEN_INCIDENTS)])
        place, ids = cast(LogPlace, answers[0]), cast(list[str], answers[1])
        self._channels.clear()
        found = await self._incidents.read(ids)
        self._open = OpenIncidents.of(found.states[id] for id in ids if id in found.states)
        for id, one in found.unreadable.items():
            self._take_in(id, one, is_open=True)
        self._place = place
