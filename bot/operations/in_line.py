"""Who waits for a target, in the order in which they asked."""

from bot.gate import streams
from bot.gate.projections import Projection
from model.operations.state import Operation, Phase
from model.ports.journal import Journal


class InLine:
    """Reads operations that are not over. Every method raises JournalUnavailable."""

    def __init__(self, journal: Journal, operations: Projection[Operation]) -> None:
        self._journal, self._operations = journal, operations

    async def waiting(self, service: str) -> tuple[Operation, ...]:
        """Those that wait to be planned or started, the first that asked first."""
        return tuple([one for one in await self._unfinished(service) if one.waits])

    async def queued(self, service: str, but: str) -> Operation | None:
        """The one that comes next on a service, if one does; `but` is who asks."""
        for one in await self._unfinished(service):
            is_before = one.phase in {Phase.PLANNED, Phase.AWAITING_APPROVAL, Phase.READY} or one.waits
            if one.queue and is_before and one.id != but and not one.dry:
                return one
        return None

    async def _unfinished(self, service: str) -> list[Operation]:
        ids = await self._journal.members(streams.UNFINISHED)
        found = (await self._operations.read(ids)).states  # one that cannot be read keeps nobody waiting
        return [found[id] for id in ids if id in found and found[id].service == service]
