"""Reads what a report counts from the journal: a bounded number, in pages, folded beside the loop."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast, get_args

from bot.gate import streams
from bot.gate.projections import Projection
from model.catalog.schema import Catalog
from model.events import RecordedEvent
from model.operations.state import Operation
from model.ports.journal import Journal, ReadEvents
from model.reports.facts import IncidentFacts, facts_of
from model.reports.report import Report, Verdict, report_of

MOST = 5_000
"""Incidents that one report counts, the newest; what is left out is said."""

PAGE = 50
"""Incidents that are read in one round trip."""

EVENTS = 2_000
"""Events of one incident that are read at a time."""

OPERATIONS = 5_000
"""Operations of these incidents whose verdict is looked up."""

_VERDICTS = frozenset(get_args(Verdict))


@dataclass(frozen=True)
class Counted:
    """Facts of incidents, and how many could not be read or were left out."""

    facts: tuple[IncidentFacts, ...] = ()
    unreadable: int = 0
    left_out: int = 0


class ReportReader:
    """Reads only."""

    def __init__(self, journal: Journal, operations: Projection[Operation], catalog: Catalog) -> None:
        self._journal, self._operations, self._catalog = journal, operations, catalog

    async def report(self, since: datetime, until: datetime, system: str) -> Report:
        """Of what was declared between these moments. Raises JournalUnavailable."""
        counted = await self._counted(since, until, system)
        ids = list(dict.fromkeys(id for one in counted.facts for id in one.operations))[:OPERATIONS]
        verdicts = await self._verdicts(ids)
        on_call = {one.id: f"@{one.on_call}" for one in self._catalog.services if one.on_call}
        return await asyncio.to_thread(
            lambda: report_of(
                since,
                until,
                counted.facts,
                system=system,
                verdicts=verdicts,
                on_call=on_call,
                unreadable=counted.unreadable,
                left_out=counted.left_out,
            )
        )

    async def _counted(self, since: datetime, until: datetime, system: str) -> Counted:
        found = await self._journal.members(
            streams.ALL_INCIDENTS, min_score=since.timestamp(), max_score=until.timestamp()
        )
        ids = found[::-1][:MOST]
        facts: list[IncidentFacts] = []
        unreadable = 0
        for at in range(0, len(ids), PAGE):
            told = [await self._whole(id, news) for id, news in await self._page(ids[at : at + PAGE])]
            read, bad = await asyncio.to_thread(_folded, told, until)
            facts += [one for one in read if not system or one.system == system]
            unreadable += bad
        return Counted(tuple(facts), unreadable, len(found) - len(ids))

    async def _page(self, ids: Sequence[str]) -> Iterable[tuple[str, list[RecordedEvent]]]:
        asked = [ReadEvents(stream=streams.incident(id), limit=EVENTS) for id in ids]
        answers = cast(list[list[RecordedEvent]], await self._journal.view(asked))
        return zip(ids, answers, strict=True)

    async def _whole(self, id: str, first: list[RecordedEvent]) -> list[RecordedEvent]:
        """All its events, where the first reading did not give all."""
        records, last = list(first), first
        while len(last) == EVENTS:
            last = await self._journal.read(streams.incident(id), records[-1].version, EVENTS)
            records += last
        return records

    async def _verdicts(self, ids: Sequence[str]) -> list[Verdict]:
        verdicts: list[Verdict] = []
        for at in range(0, len(ids), PAGE):
            known = (await self._operations.read(ids[at : at + PAGE])).states
            told = (one.verdict for one in known.values() if one.verdict in _VERDICTS)
            verdicts.extend(cast(Verdict, one) for one in told)
        return verdicts


def _folded(told: Sequence[Sequence[RecordedEvent]], now: datetime) -> tuple[list[IncidentFacts], int]:
    """Facts of those that can be read, and how many cannot."""
    facts: list[IncidentFacts] = []
    unreadable = 0
    for records in told:
        try:
            one = facts_of(records, now)
        except Exception:  # whatever a stranger wrote there may break anything; it is counted as unreadable
            unreadable += 1
        else:
            facts += [one] if one else []
    return facts, unreadable
