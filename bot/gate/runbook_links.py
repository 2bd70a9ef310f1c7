"""Marks a runbook's step by what became of the operation that it asked for, each phase once."""

from collections.abc import Callable
from datetime import datetime

from bot.gate import streams
from model.events import Actor
from model.operations.state import Operation
from model.ports.journal import Commit, Committed, Journal, Woken, Write
from model.runbooks.events import StepMoved, to_event


class RunbookLinks:
    """One commit for each phase, claimed, so that repeating it does nothing."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime], team: str, wake: Woken) -> None:
        self._journal, self._clock, self._wake = journal, clock, wake
        self._who = Actor(team=team, user="MUSTER", via="system")

    async def link(self, operation: Operation) -> None:
        """Raises JournalUnavailable."""
        guide, _, number = operation.step.partition(" ")
        if not number:
            return
        moved = StepMoved(step=int(number), made=operation.id, phase=operation.phase)
        commit = Commit(
            at=self._clock(),
            who=self._who,
            claim=f"step:{operation.id}:{operation.phase}",
            result=guide,
            writes=(Write(stream=streams.guide(guide), expect=None, events=(to_event(moved),)),),
            audit={"operation": operation.id, "guide": guide},
        )
        if isinstance(await self._journal.commit(commit), Committed):
            self._wake(streams.guide(guide))
