"""The open incidents as they are now, kept in memory and brought forward by what the log says has moved."""

from collections.abc import Callable, Sequence
from typing import cast

from bot.gate import streams
from bot.gate.projections import Projection
from model.events import Moved, Moves, Place, Where
from model.incidents.opened import OpenIncidents
from model.incidents.state import Incident
from model.ports.journal import Journal, JournalAnswer, JournalQuery, ReadEvents

LIVELY = 4
"""Incidents that moved lately, whose news is asked for together with what has moved."""

_INCIDENT = streams.incident("")


class OpenIncidentsReader:
    """Every commit stands in the log, whichever process or version of Muster wrote it: none is missed.

    forget: called when the log is not the one that was followed (a server that lost its end), for whatever
    else was kept of it.
    """

    def __init__(self, journal: Journal, incidents: Projection[Incident], forget: Callable[[], None]) -> None:
        self._journal, self._incidents, self._forget = journal, incidents, forget
        self._place: Place | None = None
        self._open = OpenIncidents()
        self._lively: tuple[str, ...] = ()

    async def now(self) -> OpenIncidents:
        """In one round trip, where nothing unexpected moved. Raises JournalUnavailable."""
        asked = self.questions()
        return await self.take(asked, await self._journal.view(asked))

    def questions(self) -> list[JournalQuery]:
        """What to ask the journal for; its answers go to `take`."""
        if self._place is None:
            return []
        return [Moved(after=self._place), *self._incidents.questions(self._lively)]

    async def take(self, asked: Sequence[JournalQuery], answers: Sequence[JournalAnswer]) -> OpenIncidents:
        """The open incidents, from the answers to `questions`. Raises JournalUnavailable."""
        if not asked:
            return await self._read_anew()
        after, moves = cast(Moved, asked[0]).after, cast(Moves | None, answers[0])
        lively = [cast(ReadEvents, one).stream.removeprefix(_INCIDENT) for one in asked[1:]]
        self._incidents.take(lively, answers[1:])
        while moves is not None:
            await self._follow(after, moves)
            if moves.is_all:
                return self._open
            after = moves.to
            moves = cast(Moves | None, (await self._journal.view([Moved(after=after)]))[0])
        self.renew()
        self._forget()
        return await self._read_anew()

    def renew(self) -> None:
        """Read them anew the next time: the lists of the journal were put right."""
        self._place = None

    async def _follow(self, after: Place, moves: Moves) -> None:
        """The place moves on only when all that moved is taken in; what fails is looked at again."""
        moved = {
            stream.removeprefix(_INCIDENT): version
            for stream, version in moves.versions.items()
            if stream.startswith(_INCIDENT)
        }
        await self._incidents.many([id for id, version in moved.items() if self._version(id) < version])
        for id in moved:
            self._put(id)
        if moved:
            self._lively = tuple(dict.fromkeys([*moved, *self._lively]))[:LIVELY]
        # Another may have read all anew meanwhile, from a place before: what it lacks is then still to come.
        if self._place is not None and after.entry <= self._place.entry < moves.to.entry:
            self._place = moves.to

    def _version(self, id: str) -> int:
        known = self._incidents.known(id)
        return known.version if known else 0

    def _put(self, id: str) -> None:
        """As it is known now: of two who read at the same moment, the later may hold the older answer."""
        known = self._incidents.known(id)
        if known is not None:
            self._open = self._open.after(known)

    async def _read_anew(self) -> OpenIncidents:
        """All of them. What moves meanwhile is looked at again, from the place before."""
        place = cast(Place, (await self._journal.view([Where()]))[0])
        ids = await self._journal.members(streams.OPEN_INCIDENTS)
        found = await self._incidents.many(ids)
        self._open = OpenIncidents.of(found[id] for id in ids if id in found)
        self._place = place
        return self._open
