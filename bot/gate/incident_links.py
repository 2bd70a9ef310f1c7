"""Puts operations and looks into the timeline of their incident, each once."""

from collections.abc import Callable
from datetime import datetime

from bot.gate import streams
from model.events import Actor
from model.incidents.events import OperationLinked, ServiceChecked, to_event
from model.operations.state import Operation, Phase
from model.pending_query import PendingQuery
from model.ports.journal import Commit, Committed, Journal, Woken, Write
from model.slash import slash

WORTH_A_LINE = frozenset(Phase) - {Phase.ASKED, Phase.READY, Phase.WATCHING, Phase.TURNED_DOWN}
"""Phases that say something to someone who reads the timeline afterwards."""


class IncidentLinks:
    """One commit for each phase, claimed, so that repeating it does nothing."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime], team: str, wake: Woken) -> None:
        self._journal, self._clock, self._wake = journal, clock, wake
        self._who = Actor(team=team, user="MUSTER", via="system")

    async def link(self, operation: Operation) -> None:
        """Raises JournalUnavailable."""
        if not operation.incident or operation.dry or operation.phase not in WORTH_A_LINE:
            return
        linked = OperationLinked(
            operation=operation.id,
            service=operation.service,
            phase=operation.phase,
            summary=in_words(operation),
            is_over=operation.is_over,
        )
        stream = streams.incident(operation.incident)
        commit = Commit(
            at=self._clock(),
            who=self._who.model_copy(update={"user": (operation.confirmed_by or operation.asked_by).user}),
            claim=f"link:{operation.id}:{operation.phase}:{operation.verdict}:{operation.undone_by}",
            result=operation.incident,
            writes=(Write(stream=stream, expect=None, events=(to_event(linked),)),),
            audit={"operation": operation.id, "incident": operation.incident},
        )
        if isinstance(await self._journal.commit(commit), Committed):
            self._wake(stream)

    async def looked(self, asking: PendingQuery, found: str) -> None:
        """What was looked at and found. Raises JournalUnavailable."""
        if not asking.incident:
            return
        event = ServiceChecked(look=asking.id, line=asking.line, found=found)
        stream = streams.incident(asking.incident)
        commit = Commit(
            at=self._clock(),
            who=self._who.model_copy(update={"user": asking.by.user}),
            claim=f"looked:{asking.id}",
            result=asking.incident,
            writes=(Write(stream=stream, expect=None, events=(to_event(event),)),),
            audit={"look": asking.id, "incident": asking.incident},
        )
        if isinstance(await self._journal.commit(commit), Committed):
            self._wake(stream)


def in_words(operation: Operation) -> str:
    """What changes and how it came out, as plain text: the timeline adds id and phase, and escapes it."""
    first = operation.plan.deltas[0] if operation.plan and operation.plan.deltas else None
    change = f"{first.what} {first.before} → {first.after}" if first else slash(operation.line)
    outcome = operation.what or operation.says
    undone = f"; undone by {operation.undone_by}" if operation.undone_by else ""
    return f"{operation.service} {change}{f'; {outcome}' if outcome else ''}{undone}"
