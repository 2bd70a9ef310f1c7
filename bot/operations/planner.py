"""From what was asked to a plan that people can read, or to the reason why there is none."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from bot.gate.authorizer import Authorizer
from bot.gate.projections import Projection
from bot.gate.targets import TargetHolder, Targets
from bot.health import HealthChecker
from bot.operations.in_line import InLine
from bot.operations.log import OperationLog
from bot.operations.versions import RollbackPlanner
from model.catalog.schema import Catalog, Service
from model.change_backend import changer
from model.operations.events import OperationEvent, Planned, TurnedDown, Waits
from model.operations.held import goes_back, is_making_calls, says_the_same, waits_for
from model.operations.state import Operation, Phase
from model.plan import Plan, Warning
from model.plan_shown_whole import must_be_shown_whole
from model.ports.backend import Backend, BackendError
from model.refusal import Refused
from model.rehearsal import first_of, smoke
from model.secrets import Prints, is_fingerprint_of
from model.slash import slash
from permissions import Decision, Needs


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
        targets: Targets,
        in_line: InLine,
        others_in: Callable[[Iterable[str], str], int | None],
    ) -> None:
        self._others_in = others_in
        self._targets, self._in_line = targets, in_line
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
        event = await self._planned(operation)
        if isinstance(event, Waits) and operation.waits and event.why == operation.says:
            return operation
        return await self._operation_log.record(operation, event)

    async def _planned(self, operation: Operation) -> OperationEvent:
        service = self._catalog.service(operation.service)
        if service is None:
            return TurnedDown(what=f"{operation.service} is no longer in the catalog.")
        held = None if operation.dry else await self._targets.held(service.id, operation.id)
        if (hindered := await self._hindered(operation, held)) is not None:
            return hindered
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
        plan = plan.model_copy(update={"cautions": (*cautions, *_after(operation, held))})
        judged = await self._judged(operation, service, plan)
        if isinstance(judged, Planned) and held is not None and not operation.queue:
            judged = judged.model_copy(update={"supersedes": held.by})
        return judged

    async def _hindered(self, operation: Operation, held: TargetHolder | None) -> OperationEvent | None:
        """Why it is not planned now: somebody is next already, or the target is about to move."""
        if operation.queue and (first := await self._in_line.queued(operation.service, operation.id)):
            return TurnedDown(
                what=f"{first.id} comes next on {operation.service} already; one waits at a time.",
                instead=f"Ask again once it has started, or drop it with `{slash('ops cancel')} {first.id}`",
            )
        if held is None or held.operation is None or not is_making_calls(held.operation):
            return None
        action, is_undo = operation.change.action, bool(operation.undoes)
        if operation.queue or goes_back(action, None, held.operation, is_undo=is_undo):
            return Waits(why=waits_for(held.by))
        return None

    async def _read(self, service: Service, operation: Operation) -> Plan:
        makes = changer(service, operation.change, self._backends)
        if makes is None:
            raise Refused(
                f"{service.id} runs on {service.target.kind}, which has no {operation.change.kind}.",
                f"Look with {slash('health')} {service.id}.",
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
            return await self._unreadable(service)
        first, more = doubted[0], len(doubted) - 1
        others = f" and {more} more" if more else ""
        said = (
            f"{first.id} ({first.severity}){others} is open here. Nobody who answers for it has "
            "acknowledged it, so it holds nothing back."
        )
        instead = f"If it is real, type {slash('incident ack')} incident={first.id}"
        return (Warning(level="note", code="unconfirmed-incident", text=said, instead=instead),)

    async def _unreadable(self, service: Service) -> tuple[Warning, ...]:
        """An open incident that may be about any service: why somebody else has to agree."""
        unreadable = await self._authorizer.unreadable()
        if unreadable is None:
            return ()
        said = (
            f"{unreadable} is open, and this version of Muster cannot read it: it may be about {service.id}. "
            "So somebody else has to agree."
        )
        instead = "Look into its channel first. Whoever runs Muster starts the newer version again."
        return (Warning(level="note", code="unreadable-incident", text=said, instead=instead),)

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
                f"See what happened with {slash('history')} {operation.service}, "
                "then type the change you want.",
            )

    async def _judged(self, operation: Operation, service: Service, plan: Plan) -> OperationEvent:
        """Ask the policies about the plan itself, now that its size and tier are known."""
        stop = next((caution for caution in plan.cautions if caution.level == "stop"), None)
        if stop is not None:
            return TurnedDown(what=stop.text, instead=stop.instead)
        if (stands := await self._stands(operation, service, plan)) is not None:
            return stands
        decision, missing = await self._with_what_run_asks(operation, service, plan)
        if not decision.allowed and decision.needs is None:
            return TurnedDown(what=decision.reason, instead=" ".join(decision.would_allow))
        needs = decision.needs
        lacking = self._lacking(operation, decision.needs)
        return Planned(
            plan=plan.model_copy(update={"cautions": (*plan.cautions, *lacking)}),
            needs=needs.count if needs else 0,
            needs_from=needs.groups if needs else (),
            needs_reason="because" in missing,
            needs_typed=missing.get("typed", ""),
            breaks_glass=decision.breaks_glass,
            reason=decision.reason,
            policy_version=decision.policy_version,
        )

    def _lacking(self, operation: Operation, needs: Needs | None) -> tuple[Warning, ...]:
        """That approvals can never come: there are too few people who could give them."""
        able = self._others_in(needs.groups, operation.asked_by.user) if needs else None
        if needs is None or able is None or able >= needs.count:
            return ()
        who = " or ".join(f"@{handle}" for handle in needs.groups)
        there = "nobody else is" if able == 0 else f"only {able} other{'s are' if able > 1 else ' is'}"
        return (
            Warning(
                level="warn",
                code="unapprovable",
                text=f"It needs {needs.count} approvals by {who}, and {there} in there.",
                instead="Ask for somebody to be added to that group in Slack.",
            ),
        )

    async def _stands(self, operation: Operation, service: Service, plan: Plan) -> Planned | None:
        """The plan with the word that people gave on it before the target moved, where it says the same."""
        agreed = operation.agreed
        if agreed is None or not says_the_same(agreed.plan, plan):
            return None
        given = {"confirmed_by": agreed.confirmed_by, "approved_by": agreed.approved_by}
        decision = await self._authorizer.of_plan(operation.model_copy(update=given), service, plan)
        if not decision.allowed or decision.policy_version != operation.policy_version:
            return None
        return Planned(
            plan=plan,
            needs=operation.needs,
            needs_from=operation.needs_from,
            breaks_glass=decision.breaks_glass,
            reason=decision.reason,
            policy_version=decision.policy_version,
            stands=True,
        )

    async def _with_what_run_asks(
        self, operation: Operation, service: Service, plan: Plan
    ) -> tuple[Decision, dict[str, str]]:
        """The policies' answer, with the least that Run has to ask for where that changes it.

        What is asked for: a reason (`because`), the new count once more (`typed`).
        """
        plain = await self._authorizer.of_plan(operation, service, plan)
        if plain.allowed:
            return plain, {}
        reason = {} if operation.because else {"because": "asked for when it is run"}
        typed = {"typed": str(plan.counts[1])} if any(plan.counts) else {}
        for more in (reason, typed, {**reason, **typed}):
            if not more:
                continue
            supposed = operation.model_copy(update=more)
            decision = await self._authorizer.of_plan(supposed, service, plan)
            is_nearer = decision.needs is not None and (plain.needs is None or more is reason)
            if decision.allowed or is_nearer:
                return decision, more
        return plain, {}


def _after(operation: Operation, held: TargetHolder | None) -> tuple[Warning, ...]:
    """That it comes next, for who asked to."""
    if held is None or not operation.queue:
        return ()
    said = f"It comes next, once {held.by} is over. If the plan is another one then, it is shown again first."
    return (Warning(level="note", code="queued", text=said),)


def _instead(refused: Refused) -> str:
    typed = " or ".join(f"`{suggestion}`" for suggestion in refused.suggestions)
    return f"{refused.instead} {typed}".strip()
