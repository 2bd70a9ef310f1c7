"""Who has a target: the operation that changes or watches it now."""

from dataclasses import dataclass

from bot.gate.projections import Projection
from model.operations.state import Operation
from model.ports.journal import Leases


@dataclass(frozen=True)
class TargetHolder:
    """A target is taken. operation: None where the one that took it is not known, or cannot be read."""

    by: str
    operation: Operation | None


class Targets:
    """Reads leases; a lease of an operation that is over holds nothing, as nothing more is done on it."""

    def __init__(self, leases: Leases, operations: Projection[Operation]) -> None:
        self._leases, self._operations = leases, operations

    async def held(self, target: str, by_me: str = "", superseded: str = "") -> TargetHolder | None:
        """Who has the target of a service; None when it is free or the asker's own.

        by_me: the operation that asks. superseded: the one that it ends, which stays in its way even while
        the asker has the lease, until that one is over. Raises JournalUnavailable.
        """
        lease = await self._leases.holder(target)
        id = lease.holder if lease and lease.holder != by_me else superseded
        if not id:
            return None
        operation = await self._operations.readable(id)
        return None if operation is not None and operation.is_over else TargetHolder(id, operation)
