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
        self,
        operation: Operation,
        *events: OperationEvent,
        beside: tuple[Operation, OperationEvent] | None = None,
        audit: dict[str, JsonValue] | None = None,
    ) -> Operation | None:
        """The operation after the events, or None when someone else moved it first (nothing was written).

        beside: what happens to another operation in the same commit, all or nothing.
        Raises JournalUnavailable.
        """
        now = self._clock()
        moved = [(operation, events), *([(beside[0], (beside[1],))] if beside else [])]
        kept = [(one, tuple(to_event(event) for event in its)) for one, its in moved]
        commit = Commit(
            at=now,
            who=self._system,
            writes=tuple(Write(stream=one.stream, expect=one.version, events=its) for one, its in kept),
            indexes=tuple(change for one, its in kept for change in of_operation(one.id, now, its)),
            audit={"operation": operation.id, **(audit or {})},
        )
        if not isinstance(await self._journal.commit(commit), Committed):
            return None
        for one, _ in kept:
            self._wake(one.stream)
        return await self._operations.get(operation.id)
