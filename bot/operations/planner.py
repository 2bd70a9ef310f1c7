"""From what was asked to a plan that people can read, or to the reason why there is none."""

import asyncio
from collections.abc import Mapping

from bot.gate.authorizer import Authorizer
from bot.gate.projections import Projection
from bot.health import HealthChecker
from bot.operations.log import OperationLog
from bot.operations.versions import RollbackPlanner
from model.catalog.schema import Catalog, Service
from model.change_backend import changer
from model.operations.events import OperationEvent, Planned, TurnedDown
from model.operations.state import Operation, Phase
from model.plan import Plan, Warning
from model.plan_shown_whole import must_be_shown_whole
from model.ports.backend import Backend, BackendError
from model.refusal import Refused
from model.rehearsal import first_of, smoke
from model.secrets import Prints, is_fingerprint_of


class Planner:
    """Reads targets; writes nothing but the journal."""

    def __init__(
        self,
        catalog: Catalog,
        backends: Mapping[str, Backend],
        operations: Projection[Operation],
        authorizer: Authorizer,
        operation_log: OperationLog,
        health_checker: HealthChecker,
        rollbacks: RollbackPlanner,
        fingerprint_of: Prints,
    ) -> None:
        self._rollbacks = rollbacks
        self._catalog, self._backends, self._operations = catalog, backends, operations
        self._authorizer, self._operation_log, self._health_checker, self._fingerprint_of = (
            authorizer,
            operation_log,
            health_checker,
            fingerprint_of,
        )

    async def plan(self, operation: Operation) -> Operation | None:
        """Plan an operation that was asked for. None when someone else did so meanwhile."""
        if operation.phase is not Phase.ASKED:
            return operation
        return await self._operation_log.record(operation, await self._planned(operation))

    async def _planned(self, operation: Operation) -> OperationEvent:
        service = self._catalog.service(operation.service)
        if service is None:
            return TurnedDown(what=f"{operation.service} is no longer in the catalog.")
        try:
            plan, rehearsed = await asyncio.gather(
                self._read(service, operation), self._rehearsed(service, operation)
            )
            if not operation.undoes:  # the way back stays open, to whatever stood there before
                must_be_shown_whole(plan)
        except Refused as refused:
            return TurnedDown(what=refused.what, instead=_instead(refused))
        except BackendError as error:
            return TurnedDown(what=f"{error.what} Nothing was changed.", instead=error.next)
        cautions = (*plan.cautions, *rehearsed, *await self._doubted(service))
        return await self._judged(operation, service, plan.model_copy(update={"cautions": cautions}))

    async def _read(self, service: Service, operation: Operation) -> Plan:
        makes = changer(service, operation.change, self._backends)
        if makes is None:
            raise Refused(
                f"{service.id} runs on {service.target.kind}, which has no {operation.change.kind}.",
                f"Look with /health {service.id}.",
            )
        plan = await self._rollbacks.plan(operation, makes)
        await self._check_undo(operation, plan)
        return plan.model_copy(update={"fingerprint": self._fingerprint_of(plan.fingerprint)})

    async def _rehearsed(self, service: Service, operation: Operation) -> tuple[Warning, ...]:
        """How the service is that has to run it first; an undo goes back to what ran here before."""
        first = first_of(service, operation.change, self._catalog)
        if first is None or operation.undoes:
            return ()
        return (smoke(service, first, await self._health_checker.of(first)),)

    async def _doubted(self, service: Service) -> tuple[Warning, ...]:
        """A serious incident that only its reporter speaks of: worth a look, and no lock."""
        doubted = await self._authorizer.unconfirmed(service)
        if not doubted:
            return ()
        first, more = doubted[0], len(doubted) - 1
        others = f" and {more} more" if more else ""
        said = (
            f"{first.id} ({first.severity}){others} is open here. Nobody who answers for it has "
            "acknowledged it, so it holds nothing back."
        )
        instead = f"If it is real, type /incident ack incident={first.id}"
        return (Warning(level="note", code="unconfirmed-incident", text=said, instead=instead),)

    async def _check_undo(self, operation: Operation, plan: Plan) -> None:
        """Undo is compare-and-swap: the target must be as the undone operation left it.

        plan: with its fingerprint as the backend gives it.
        """
        if not operation.undoes:
            return
        undone = await self._operations.get(operation.undoes)
        if undone is None or not is_fingerprint_of(
            undone.fingerprint_after, plan.fingerprint, self._fingerprint_of
        ):
            raise Refused(
                f"{operation.service} was changed since {operation.undoes}, so undoing it would undo more.",
                f"See what happened with /history {operation.service}, then type the change you want.",
            )

    async def _judged(self, operation: Operation, service: Service, plan: Plan) -> OperationEvent:
        """Ask the policies about the plan itself, now that its size and tier are known."""
        stop = next((caution for caution in plan.cautions if caution.level == "stop"), None)
        if stop is not None:
            return TurnedDown(what=stop.text, instead=stop.instead)
        decision = await self._authorizer.of_plan(operation, service, plan)
        needs_reason = False
        if not decision.allowed and not operation.because:
            reasoned = operation.model_copy(update={"because": "asked for when it is run"})
            with_reason = await self._authorizer.of_plan(reasoned, service, plan)
            if with_reason.allowed or with_reason.needs is not None:
                decision, needs_reason = with_reason, True
        if not decision.allowed and decision.needs is None:
            return TurnedDown(what=decision.reason, instead=" ".join(decision.would_allow))
        needs = decision.needs
        return Planned(
            plan=plan,
            needs=needs.count if needs else 0,
            needs_from=needs.groups if needs else (),
            needs_reason=needs_reason,
            breaks_glass=decision.breaks_glass,
            reason=decision.reason,
            policy_version=decision.policy_version,
        )


def _instead(refused: Refused) -> str:
    typed = " or ".join(f"`{suggestion}`" for suggestion in refused.suggestions)
    return f"{refused.instead} {typed}".strip()
