"""Writes operations' events to the journal, on exactly the version they were decided on."""

from collections.abc import Callable
from datetime import datetime

from pydantic import JsonValue

from bot.gate.indexes import of_operation
from bot.gate.projections import Projection
from model.events import Actor
from model.operations.events import OperationEvent, to_event
from model.operations.state import Operation
from model.ports.journal import Commit, Committed, Journal, Woken, Write


class OperationLog:
    """Records what happened to operations; `wake` is called for every stream that was written."""

    def __init__(
        self,
        journal: Journal,
        operations: Projection[Operation],
        clock: Callable[[], datetime],
        team: str,
        wake: Woken,
    ) -> None:
        self._journal, self._operations, self._clock = journal, operations, clock
        self._system = Actor(team=team, user="MUSTER", via="system")
        self._wake = wake

    async def record(
        self, operation: Operation, *events: OperationEvent, audit: dict[str, JsonValue] | None = None
    ) -> Operation | None:
        """The operation after the events, or None when someone else moved it first (nothing was written).

        Raises JournalUnavailable.
        """
        now, kept = self._clock(), tuple(to_event(event) for event in events)
        write = Write(stream=operation.stream, expect=operation.version, events=kept)
        commit = Commit(
            at=now,
            who=self._system,
            writes=(write,),
            indexes=tuple(of_operation(operation.id, now, kept)),
            audit={"operation": operation.id, **(audit or {})},
        )
        if not isinstance(await self._journal.commit(commit), Committed):
            return None
        self._wake(operation.stream)
        return await self._operations.get(operation.id)
