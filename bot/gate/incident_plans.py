"""An incident's plans that have not begun: they end with it, whoever made them and whenever."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.gate import streams
from bot.gate.indexes import of_operation
from bot.gate.projections import Projection
from model.events import Actor
from model.operations.decide import drop
from model.operations.events import to_event
from model.operations.state import Operation
from model.ports.journal import Commit, Committed, IndexChange, Journal, Woken, Write


class IncidentPlans:
    """Finds them, and drops those that came up while their incident was being resolved."""

    def __init__(
        self, journal: Journal, operations: Projection[Operation], clock: Callable[[], datetime], wake: Woken
    ) -> None:
        self._journal, self._operations, self._clock, self._wake = journal, operations, clock, wake

    async def of(self, incident: str) -> tuple[Operation, ...]:
        """Its operations that are not over, in the order they were asked for. Raises JournalUnavailable."""
        ids = await self._journal.members(streams.UNFINISHED)
        found = (await self._operations.read(ids)).states
        return tuple([found[id] for id in ids if id in found and found[id].incident == incident])

    async def drop(self, incident: str, who: Actor) -> None:
        """Drop what has not begun; what is moved by somebody else at this moment is looked at again.

        Raises JournalUnavailable.
        """
        for one in await self.of(incident):
            current: Operation | None = one
            while current is not None and drop(current, incident) is not None:
                writes, indexes = dropped((current,), incident, self._clock())
                commit = Commit(
                    at=self._clock(),
                    who=who,
                    writes=writes,
                    indexes=indexes,
                    audit={"operation": current.id, "incident": incident},
                )
                if isinstance(await self._journal.commit(commit), Committed):
                    self._wake(current.stream)
                current = await self._operations.readable(current.id)


def dropped(
    operations: Sequence[Operation], incident: str, at: datetime
) -> tuple[tuple[Write, ...], tuple[IndexChange, ...]]:
    """What to write so that those that have not begun end with the incident, unless somebody moved them."""
    writes, indexes = list[Write](), list[IndexChange]()
    for one in operations:
        ends = drop(one, incident)
        if ends is not None:
            event = to_event(ends)
            writes.append(Write(stream=one.stream, expect=one.version, events=(event,)))
            indexes.extend(of_operation(one.id, at, (event,)))
    return tuple(writes), tuple(indexes)
