"""One pass over a confirmed operation: start, make the calls, watch, verify; the same after a crash."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.gate.authorizer import Authorizer
from bot.gate.projections import Projection
from bot.health import HealthChecker
from bot.metrics import STEPS
from bot.operations.log import OperationLog
from bot.stillness import NeverStill, Stillness
from model.change_backend import ChangeBackend
from model.operations.decide import verify
from model.operations.events import (
    Ended,
    Expired,
    Failing,
    GlassAnnounced,
    OperationEvent,
    Outcome,
    Started,
    StepBegun,
    StepDone,
    StepFailed,
    Superseded,
    Undone,
    Verified,
    Voided,
    Waits,
)
from model.operations.held import may_be_superseded, waits_for
from model.operations.state import Operation, Phase, StepState
from model.plan import Plan, Progress
from model.ports.backend import BackendError, Fault
from model.ports.journal import Lease, Leases
from model.secrets import Prints, is_fingerprint_of
from model.slash import slash

Shown = Callable[[Operation], Awaitable[None]]
"""Shows an operation as it is right now; progress is shown, not journaled."""


Announced = Callable[[Operation], Awaitable[str]]
"""Tells everybody that the glass is broken; gives why they could not be told, or nothing."""


Unsealed = Callable[[str], Awaitable[str]]
"""Says what of a stream is not what the audit log sealed; nothing when all is."""


LOOKS_AGAIN = (1, 4, 8)
"""Pauses before each further look at figures that are worse, in polls: 39 s together at 3 s a poll."""


TRIES = 5
"""Attempts to end another operation that moves at the same moment."""

MOST_TOLD = 5
"""Different reasons why it fails that are kept in the journal, for whoever stops watching it."""


class LeaseLost(Exception):
    """Another runner moved the operation or took the lease; this one stops."""


class Waiting(Exception):
    """It may not start yet; this runner comes back to it."""


@dataclass(frozen=True)
class Polling:
    """How often to look at a change that is under way, and when to give up, in seconds."""

    poll_s: float = 3.0
    longest_s: float = 1800.0


@dataclass(frozen=True)
class ExecutionDependencies:
    """What an execution works with."""

    operations: Projection[Operation]
    leases: Leases
    authorizer: Authorizer
    operation_log: OperationLog
    health_checker: HealthChecker
    clock: Callable[[], datetime]
    show: Shown
    announce: Announced
    unsealed: Unsealed
    fingerprint_of: Prints
    pace: Polling
    stillness: Stillness = field(default_factory=NeverStill)


class Execution:
    """One pass over one operation, on one lease. `with_` is what it works with."""

    def __init__(
        self,
        with_: ExecutionDependencies,
        operation: Operation,
        plan: Plan,
        makes: ChangeBackend,
        lease: Lease,
    ) -> None:
        self.with_, self.operation, self.plan = with_, operation, plan
        self.service, self.backend, self.lease = makes.part, makes.backend, lease
        self._why = ""
        self._told = set[str]()

    async def carry_on(self) -> None:
        """Start if it has not started, make the calls that are left, watch, verify. Raises Overtaken."""
        if self.operation.phase is Phase.READY and not await self._start():
            return
        if self.operation.phase is Phase.APPLYING and not await self._apply():
            return
        await self._watch()

    async def _record(self, *events: OperationEvent) -> None:
        after = await self.with_.operation_log.record(self.operation, *events)
        if after is None:
            raise LeaseLost
        self.operation = after

    async def _start(self) -> bool:
        """Judge it again as it stands now, before its first call; False when it does not hold or has to wait.

        In this order: its age, the target, the policies, the people, and that all are told of broken glass.
        """
        if self.operation.is_too_old_to_start(self.with_.clock()):
            late = "It was agreed to and could not be started within 5 minutes, so it is not run any more."
            await self._record(Expired(why=late))
            return False
        if not await self._sealed() or not await self._still_holds() or not await self._announced():
            return False
        before = await self.with_.health_checker.of(self.service)
        watches = max(timedelta(seconds=self.with_.pace.longest_s), self.plan.takes)
        await self._begin(Started(token=self.lease.token, before=before, watches=watches))
        return True

    async def _begin(self, started: Started) -> None:
        """Start, and in the same commit end what this supersedes, unless that has ended by itself."""
        if not self.operation.supersedes:
            await self._record(started)
            return
        for _ in range(TRIES):
            other = await self.with_.operations.get(self.operation.supersedes)
            if other is None or other.is_over:
                await self._record(started)
                return
            if not may_be_superseded(other):
                said = waits_for(other.id)
                if said != self.operation.says:
                    await self._record(Waits(why=said))
                raise Waiting
            ends = (other, Superseded(by=self.operation.id))
            after = await self.with_.operation_log.record(self.operation, started, beside=ends)
            if after is not None:
                self.operation = after
                return
        raise Waiting

    async def _sealed(self) -> bool:
        """Whether the journal holds what people did and nothing else: who writes there confirms nothing."""
        why = await self.with_.unsealed(self.operation.stream)
        if why:
            said = f"The journal holds events of {self.operation.id} that the audit log does not know: {why}."
            await self._end("failed", f"{said} Nothing was changed.", "Those who run Muster were told.")
        return not why

    async def _announced(self) -> bool:
        """That the glass is broken is told before anything is done; what cannot be announced waits."""
        if not self.operation.breaks_glass or self.operation.glass_announced:
            return True
        why = await self.with_.announce(self.operation)
        if not why:
            await self._record(GlassAnnounced())
            return True
        said = f"It waits: breaking the glass has to be announced first, and could not be. {why}"
        if said != self.operation.says:
            await self._record(Waits(why=said))
        raise Waiting

    async def _still_holds(self) -> bool:
        """Whether target, policies and people are as they were when it was planned and agreed to."""
        try:
            now = await self.backend.fingerprint(self.service)
        except BackendError as error:
            await self._end("failed", f"{error.what} Nothing was changed.", error.next)
            return False
        if not is_fingerprint_of(self.plan.fingerprint, now, self.with_.fingerprint_of):
            why = f"{self.service.id} was changed since the plan; this is the plan as it is now."
            await self._record(Voided(why=why))
            return False
        decision = await self.with_.authorizer.of_plan(self.operation, self.service, self.plan)
        if decision.needs is not None:
            fallen = await self.with_.authorizer.fallen(self.operation)
            who = ", ".join(person.mention for person in fallen)
            whose = f"The approval of {who} no longer counts" if who else "An approval no longer counts"
            await self._record(Voided(why=f"{whose}, so this is planned and judged anew."))
            return False
        if decision.policy_version != self.operation.policy_version:
            await self._record(Voided(why="The policies were changed since the plan; it is judged anew."))
            return False
        if not decision.allowed:
            await self._end(
                "failed", f"{decision.reason} Nothing was changed.", " ".join(decision.would_allow)
            )
            return False
        return True

    async def _apply(self) -> bool:
        """Make the calls one by one; False when it ended here."""
        while (index := self.operation.next_step) is not None:
            if not await self.with_.leases.check(self.lease):
                raise LeaseLost
            if self.operation.steps[index] is StepState.BEGUN:
                if not await self._find_out(index):
                    return False
            elif not await self._make(index):
                return False
        return True

    async def _make(self, index: int) -> bool:
        """Write the intent, make the call, write the outcome."""
        token = f"{self.operation.id}-{index}-{self.lease.token}"
        await self._record(StepBegun(index=index, token=token))
        if self.with_.stillness.has_stood():
            raise LeaseLost  # whoever has it now looks whether the call was made, and makes it
        try:
            await self.backend.apply(self.service, self.plan.steps[index], token)
        except BackendError as error:
            if error.sent:
                return await self._find_out(index, error)
            return await self._fail(index, error)
        STEPS.labels(self.plan.steps[index].call, "done").inc()
        await self._done(index)
        return True

    async def _done(self, index: int, *, found: bool = False) -> None:
        """Write that a call took effect; with the last, how the target stands, for whoever takes it back."""
        is_last = index == len(self.plan.steps) - 1
        fingerprint = await self._fingerprint() if is_last else ""
        await self._record(StepDone(index=index, found=found, fingerprint=fingerprint))

    async def _find_out(self, index: int, error: BackendError | None = None) -> bool:
        """A call was begun and its outcome is not known: look before doing anything again."""
        step, begun = self.plan.steps[index], self.operation.step_begun_at
        assert begun is not None
        token = self.operation.step_token
        try:
            took_effect = await self.backend.has_applied(self.service, step, token, begun)
        except BackendError as unreachable:
            took_effect, error = None, error or unreachable
        if took_effect:
            await self._done(index, found=True)
            return True
        if took_effect is False and error is None:
            return await self._make(index)
        if took_effect is False and error is not None:
            return await self._fail(index, error)
        why = f"`{step.call}` was sent and its outcome is not known."
        await self._end(
            "unknown", f"{why} {error.what if error else ''}".strip(), error.next if error else ""
        )
        return False

    async def _fail(self, index: int, error: BackendError) -> bool:
        STEPS.labels(self.plan.steps[index].call, error.fault).inc()
        failed = StepFailed(index=index, fault=error.fault, what=error.what, next=error.next, sent=error.sent)
        await self._record(failed)
        await self._end("failed", error.what, error.next)
        return False

    async def _watch(self) -> None:
        """Show every change until it is over, then say what the service's own figures say."""
        last = Progress()
        since = self.operation.applied_at or self.with_.clock()
        watches = max(timedelta(seconds=self.with_.pace.longest_s), self.plan.takes)
        until = since + (self.operation.watches or watches)
        while self.with_.clock() < until:
            try:
                async with asyncio.timeout(max(1.0, (until - self.with_.clock()).total_seconds())):
                    async for last in self.backend.watch(self.service, self.plan, since):
                        await self._see(last)
            except TimeoutError:
                break
            except BackendError as error:
                await self._see(last.model_copy(update={"last_event": f"Cannot look: {error.what}"}))
                if error.fault in {Fault.DENIED, Fault.NOT_FOUND}:
                    break
            if last.is_over:
                await self._finish(last)
                return
            await asyncio.sleep(self.with_.pace.poll_s)
        why = "The calls were accepted, but its end was not seen in time."
        await self._end("unknown", why, f"Look with {slash('health')} {self.service.id}.", last)

    async def _see(self, progress: Progress) -> None:
        self._why = progress.why or self._why
        if not await self.with_.leases.check(self.lease) or self.with_.stillness.has_stood():
            raise LeaseLost
        if progress.why and progress.why not in self._told and len(self._told) < MOST_TOLD:
            self._told.add(progress.why)
            await self._record(Failing(progress=progress))
        self.operation = self.operation.model_copy(update={"progress": progress})
        await self.with_.show(self.operation)

    async def _finish(self, progress: Progress) -> None:
        outcome: Outcome = "succeeded" if progress.ok else "failed"
        ended = Ended(
            outcome=outcome,
            why="" if progress.ok else self._reason(progress),
            progress=progress,
            fingerprint=await self._fingerprint(),
        )
        await self._record(ended, await self._verified(progress))
        if progress.ok and self.operation.undoes:
            undone = await self.with_.operations.get(self.operation.undoes)
            if undone is not None and not undone.undone_by:
                await self.with_.operation_log.record(undone, Undone(by=self.operation.id))

    async def _verified(self, progress: Progress) -> Verified:
        """What the service's own figures say; one slow answer is no verdict, so worse is looked at again."""
        verified = verify(self.operation.before, await self.with_.health_checker.of(self.service))
        for pause in LOOKS_AGAIN:
            if verified.verdict != "worse":
                break
            said = f"{verified.says} Looking again before this is called worse."
            await self._see(progress.model_copy(update={"last_event": said}))
            await asyncio.sleep(self.with_.pace.poll_s * pause)
            verified = verify(self.operation.before, await self.with_.health_checker.of(self.service))
        return verified

    def _reason(self, progress: Progress) -> str:
        """Why it failed; a pod that was failing a moment ago may be between two tries at the end."""
        known = self._why in progress.why or progress.why in self._why
        return max(progress.why, self._why, key=len) if known else f"{progress.why} {self._why}"

    async def _end(self, outcome: Outcome, why: str, next: str, progress: Progress | None = None) -> None:
        fingerprint = await self._fingerprint()
        await self._record(
            Ended(outcome=outcome, why=why, next=next, progress=progress, fingerprint=fingerprint)
        )

    async def _fingerprint(self) -> str:
        """The target's fingerprint for undo to compare; empty when it cannot be read."""
        try:
            return self.with_.fingerprint_of(await self.backend.fingerprint(self.service))
        except BackendError:
            return ""
