"""Carries out confirmed operations: one at a time per target, taken over when a runner dies."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from bot.ids import TimerId
from bot.operations.execution import Execution, ExecutionDependencies, LeaseLost, Waiting
from bot.reactions import Later
from model.catalog.schema import Catalog
from model.change_backend import changer
from model.operations.events import Ended, Expired, Voided, Waits
from model.operations.held import comes_after, may_be_superseded, waits_for
from model.operations.state import RUNNING, Operation, Phase
from model.ports.backend import Backend
from model.ports.journal import Lease, LeaseHeld

_LOG = structlog.get_logger()
LEASE = timedelta(seconds=60)
"""How long a target stays held by a runner that died."""

AGAIN = LEASE / 4
"""When to come back to an operation that has begun and cannot go on now."""


class Runner:
    """The lease and the versions keep a second runner on the same operation harmless."""

    def __init__(
        self, catalog: Catalog, backends: Mapping[str, Backend], with_: ExecutionDependencies, later: Later
    ) -> None:
        self._catalog, self._backends, self._with, self._later = catalog, backends, with_, later

    async def run(self, id: str) -> None:
        """Carry on with an operation from wherever it stands. Safe to call again and again."""
        operation = await self._with.operations.get(id)
        if operation is None or operation.phase not in RUNNING or operation.plan is None:
            return
        service = self._catalog.service(operation.service)
        makes = changer(service, operation.change, self._backends) if service else None
        if service is None or makes is None:
            why = f"{operation.service} is no longer in the catalog as it was."
            await self._with.operation_log.record(operation, Ended(outcome="unknown", why=why))
            return
        taken = await self._take(service.id, operation)
        if isinstance(taken, LeaseHeld):
            await self._hold_off(operation, taken)
            return
        async with self._kept(taken):
            execution = Execution(self._with, operation, operation.plan, makes, taken)
            try:
                await execution.carry_on()
            except Waiting:
                await self._later(TimerId("run", id), self._with.clock() + AGAIN)
            except LeaseLost:
                now = await self._with.operations.get(id)
                if now is not None and now.phase in RUNNING and await self._with.leases.check(taken):
                    raise  # somebody else wrote to it: it is read again, and goes on under this lease
                _LOG.info("another runner has it", operation=operation.id)
                await self._unless_held(service.id, id)

    async def _take(self, target: str, operation: Operation) -> Lease | LeaseHeld:
        """The target's lease; of one that is over, or that this operation may end, it is taken away."""
        taken = await self._with.leases.take(target, operation.id, LEASE, self._with.clock())
        if isinstance(taken, Lease):
            return taken
        held = await self._with.operations.get(taken.holder)
        is_mine = held is not None and held.id == operation.supersedes and may_be_superseded(held)
        if held is None or not (held.is_over or is_mine):
            return taken
        await self._with.leases.revoke(target, held.id)
        return await self._with.leases.take(target, operation.id, LEASE, self._with.clock())

    async def _hold_off(self, operation: Operation, held: LeaseHeld) -> None:
        """Another operation has the target: plan anew, so that nothing runs on what has moved.

        What has begun is seen to its end once the target is free; so is what waits for its turn.
        """
        if operation.phase is not Phase.READY:
            await self._later(TimerId("run", operation.id), self._with.clock() + AGAIN)
            return
        if operation.queue or operation.supersedes == held.holder:
            await self._wait(operation, held)
            return
        why = f"{held.holder} was changing {operation.service}; this is the plan as it is now."
        await self._with.operation_log.record(operation, Voided(why=why))

    async def _wait(self, operation: Operation, held: LeaseHeld) -> None:
        """Tell what it waits for, once; it comes back when the other moves, and by itself now and then."""
        if operation.is_too_old_to_start(self._with.clock()):
            late = f"{held.holder} had {operation.service} for too long, so it is not run any more."
            await self._with.operation_log.record(operation, Expired(why=late))
            return
        said = comes_after(held.holder) if operation.queue else waits_for(held.holder)
        if said != operation.says:
            await self._with.operation_log.record(operation, Waits(why=said))
        await self._later(TimerId("run", operation.id), self._with.clock() + AGAIN)

    async def _unless_held(self, target: str, id: str) -> None:
        """Come back to it, unless another runner has the target for this very operation and so sees to it."""
        held = await self._with.leases.holder(target)
        if held is None or held.holder != id:
            await self._later(TimerId("run", id), self._with.clock() + AGAIN)

    @asynccontextmanager
    async def _kept(self, lease: Lease) -> AsyncGenerator[None]:
        """Keep the lease alive while work goes on, then give it back.

        After a failure it is kept: what may have begun goes on under it, and nobody else comes in between
        before it runs out.
        """

        async def renew() -> None:
            while await self._with.leases.renew(lease, LEASE):
                await asyncio.sleep(LEASE.total_seconds() / 4)

        keeper = asyncio.create_task(renew())
        try:
            yield
            await self._with.leases.release(lease)
        finally:
            keeper.cancel()
