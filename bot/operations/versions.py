"""Plans of going back, held against what Muster itself did to the service before."""

from bot.gate import streams
from bot.gate.projections import Projection
from model.change_backend import ChangeBackend
from model.changes import Rollback
from model.operations import ran
from model.operations.state import Operation
from model.plan import Plan
from model.ports.backend import BackendError, HasVersions
from model.ports.journal import Journal
from model.refusal import Refused

MOST = 50
"""How many of a service's operations are looked through."""


class RollbackPlanner:
    """Knows from the journal what ran, where the cloud does not, and that it was rolled back already."""

    def __init__(self, journal: Journal, operations: Projection[Operation]) -> None:
        self._journal, self._operations = journal, operations

    async def plan(self, operation: Operation, makes: ChangeBackend) -> Plan:
        """The backend's plan of this change, amended. Raises BackendError, Refused, JournalUnavailable."""
        plan = await makes.backend.plan(makes.part, operation.change)
        if not isinstance(operation.change, Rollback):
            return plan
        moves = ran.moves(await self._done(operation.service), makes.part.id)
        if operation.change.version is None:
            again = ran.going_back_again(moves, plan)
            if again is not None:
                raise await self._refused(operation, makes, again)
            plan = await self._known(makes, plan, moves)
        return ran.told(plan, moves)

    async def _known(self, makes: ChangeBackend, plan: Plan, moves: list[ran.Move]) -> Plan:
        """A guess by number is replaced by what is known to have run, where that can still be had."""
        is_guess = any(one.code == ran.BY_NUMBER for one in plan.cautions)
        known = ran.ran_before(moves, plan) if is_guess else None
        if known is None or not isinstance(plan.inverse, Rollback):
            return plan
        version = ran.version_of(known, plan.inverse.version or "")
        try:
            again = await makes.backend.plan(makes.part, Rollback(version=version))
            return ran.told(again, moves, is_guess=True)
        except Refused:
            return plan

    async def _refused(self, operation: Operation, makes: ChangeBackend, again: ran.Move) -> Refused:
        try:
            known = await makes.backend.versions(makes.part) if isinstance(makes.backend, HasVersions) else ()
        except BackendError:
            known = ()
        return ran.refused_again(operation.service, again, known, operation.asked_at)

    async def _done(self, service: str) -> list[Operation]:
        ids = await self._journal.members(streams.operations_of(service), newest=MOST)
        known = (await self._operations.read(ids)).states
        return [known[id] for id in ids if id in known]
