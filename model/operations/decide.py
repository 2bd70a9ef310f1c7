"""What may happen next to an operation: plain decisions that give events or say why not."""

import re
from datetime import datetime

from model.health import Health, Verdict, worst
from model.operations.events import Approved, Cancelled, Confirmed, Dropped, Expired, Verified, WatchStopped
from model.operations.state import OVER, RUNNING, Operation, Phase, StepState
from model.people import Person
from model.plan import RiskTier
from model.refusal import Refused
from model.slash import slash

_RANK = {Verdict.OK: 0, Verdict.UNKNOWN: 1, Verdict.DEGRADED: 2, Verdict.DOWN: 3}


def confirm(operation: Operation, now: datetime, because: str = "", name: str = "") -> Confirmed:
    """Press Run. Raises Refused when there is nothing to run (any more), and for R3 without the name.

    name: what was typed once more, the service's name or a large count. One that is given must be right
    at any tier: whoever types another means another change.
    """
    _must_wait_for_people(operation, now)
    if operation.phase is Phase.AWAITING_APPROVAL:
        raise Refused(
            f"{operation.id} is confirmed already and waits for approval.",
            "Ask an approver to press Approve.",
        )
    if operation.dry:
        raise Refused(f"{operation.id} is a dry run.", f"To run it, type {slash(_wet(operation))}")
    assert operation.plan is not None
    if operation.plan.changes_nothing:
        raise Refused(f"{operation.id} would change nothing: it is so already.", _look(operation))
    if operation.needs_typed and name != operation.needs_typed:
        said = f", not {name}" if name else ""
        raise Refused(
            f"This is a large count; it runs when {operation.needs_typed} is typed once more{said}.",
            f"Type {slash('ops run')} {operation.id} {operation.needs_typed}",
        )
    if name and name not in (operation.service, operation.needs_typed):
        raise Refused(
            f"{operation.id} is a change of `{operation.service}`, not of `{name}`.",
            f"If that is what you mean, type {slash('ops run')} {operation.id} {operation.service}",
        )
    if operation.plan.tier is RiskTier.R3 and not name:
        raise Refused(
            f"This change is of the gravest kind; it runs when `{operation.service}` is typed once more.",
            f"Type {slash('ops run')} {operation.id} {operation.service}",
        )
    if operation.needs_reason and not because:
        raise Refused("This change needs a reason.", f"Type {slash('ops run')} {operation.id} because …")
    typed = name if name == operation.needs_typed else ""
    return Confirmed(fingerprint=operation.plan.fingerprint, because=because, typed=typed)


def approve(operation: Operation, by: Person, now: datetime) -> Approved:
    """Press Approve. Raises Refused for one's own request, a second approval, or a plan that is gone."""
    _must_wait_for_people(operation, now)
    if operation.dry:
        raise Refused(
            f"{operation.id} is a dry run; it is never run.", f"To run it, type {slash(_wet(operation))}"
        )
    if by in (operation.asked_by, operation.confirmed_by):
        raise Refused("You asked for this change; another person has to approve it.", _who_else(operation))
    if by in operation.approved_by:
        raise Refused(f"You have approved {operation.id} already.", _who_else(operation))
    if operation.needs == 0:
        raise Refused(f"{operation.id} needs no approval.", "Press Run.")
    assert operation.plan is not None
    return Approved(fingerprint=operation.plan.fingerprint, policy_version=operation.policy_version)


def cancel(operation: Operation, because: str = "") -> Cancelled:
    """Press Cancel. Raises Refused once it has started."""
    if operation.is_over:
        raise Refused(f"{operation.id} is over already: {operation.phase}.", _afterwards(operation))
    if operation.phase in RUNNING and operation.phase is not Phase.READY:
        raise Refused(
            f"{operation.id} is running; what it has started cannot be cancelled.",
            f"Take it back with {slash('undo')} {operation.id}; {slash('ops stop-watching')} "
            f"{operation.id} frees its target.",
        )
    return Cancelled(because=because)


def stop_watching(operation: Operation, because: str = "") -> WatchStopped:
    """Free the target of an operation whose calls are all made. Raises Refused before and after that."""
    if operation.is_over:
        raise Refused(f"{operation.id} is over already: {operation.phase}.", _afterwards(operation))
    if operation.phase not in RUNNING or operation.phase is Phase.READY:
        raise Refused(
            f"{operation.id} has not started.", f"Drop it with {slash('ops cancel')} {operation.id}"
        )
    if operation.phase is not Phase.WATCHING:
        raise Refused(
            f"{operation.id} is between two calls; its target cannot be freed there.",
            "It is watched as soon as they are made. Try again in some seconds.",
        )
    return WatchStopped(because=because)


def abort(operation: Operation, now: datetime) -> None:
    """Check that a running operation can be taken back now. Raises Refused that says why not."""
    if operation.is_over:
        raise Refused(f"{operation.id} is over already: {operation.phase}.", _afterwards(operation))
    undo(operation, now)


def must_be_shown(operation: Operation, mark: str) -> None:
    """Hold a button against the plan. Raises Refused for one that stood under an older plan."""
    if operation.mark and mark != operation.mark:
        raise Refused(
            f"{operation.id} was planned anew since this button was shown, so nothing was done.",
            "Look at the plan as it is now, in its message, and press there.",
        )


def expire(operation: Operation, now: datetime) -> Expired | None:
    """Let a plan run out that nobody ran in time; None when it is not due."""
    due = operation.expires_at
    return Expired() if due is not None and now >= due else None


def drop(operation: Operation, incident: str) -> Dropped | None:
    """Let a plan end with its incident; None for what has begun, is over, or is a dry run.

    What has begun goes on. Nothing begins by itself afterwards: neither what waits for an approval or for its
    turn, nor what was run and has yet to start.
    """
    goes_on = operation.has_begun or operation.is_over or operation.dry
    return None if goes_on or operation.incident != incident else Dropped(incident=incident)


def undo(operation: Operation, now: datetime) -> None:
    """Check that an operation can be taken back. Raises Refused that says why not."""
    if operation.undone_by:
        raise Refused(
            f"{operation.id} was undone by {operation.undone_by}.",
            f"To take that back, type {slash('undo')} {operation.undone_by}",
        )
    if operation.superseded_by:
        raise Refused(
            f"{operation.id} was superseded by {operation.superseded_by}, which runs or ran after it.",
            f"To take that back, type {slash('undo')} {operation.superseded_by}",
        )
    if operation.phase not in OVER | RUNNING or operation.phase is Phase.READY:
        raise Refused(
            f"{operation.id} has not started: {operation.phase}.",
            f"Drop it with {slash('ops cancel')} {operation.id}",
        )
    if operation.is_over and not (operation.is_known and StepState.DONE in operation.steps):
        raise Refused(f"{operation.id} {_left(operation)}; there is nothing known to undo.", _look(operation))
    if operation.plan is None or operation.plan.inverse is None:
        said = operation.plan.undo if operation.plan else ""
        raise Refused(f"{operation.id} cannot be undone. {said}".strip(), _look(operation))
    if operation.is_over and not operation.may_be_undone(now):
        raise Refused(f"{operation.id} ended over 24 hours ago.", _look(operation))


def verify(before: Health | None, after: Health) -> Verified:
    """Hold a service's figures after a change against those before it, as far as both could be read."""
    blind = _not_read(before, after)
    was, now = _without(before, blind), _without(after, blind)
    if was is None or now is None or Verdict.UNKNOWN in {was.verdict, now.verdict}:
        said = after.reason or "no figures to compare"
        return Verified(verdict="unknown", after=after, says=f"Not verified: {said.rstrip('.')}.")
    why = f", {now.reason}" if now.reason else ""
    rest = f" Not read: {', '.join(sorted(blind))}." if blind else ""
    rank = _RANK[now.verdict] - _RANK[was.verdict]
    if rank < 0:
        says = f"It helped: {was.verdict} → {now.verdict}.{rest}"
        return Verified(verdict="helped", after=after, says=says)
    if rank > 0:
        return Verified(
            verdict="worse", after=after, says=f"Worse: {was.verdict} → {now.verdict}{why}.{rest}"
        )
    return Verified(verdict="no change", after=after, says=f"Before and after: {now.verdict}{why}.{rest}")


def _not_read(*looks: Health | None) -> set[str]:
    """The signs that one of the looks could not read."""
    return {sign.name for look in looks if look for sign in look.signs if sign.verdict is Verdict.UNKNOWN}


def _without(look: Health | None, blind: set[str]) -> Health | None:
    """The look over the signs that both could read; None when none is left."""
    if look is None or not blind:
        return look
    signs = tuple(sign for sign in look.signs if sign.name not in blind)
    if not signs:
        return None
    verdict, reason = worst(signs)
    return look.model_copy(update={"signs": signs, "verdict": verdict, "reason": reason})


def _must_wait_for_people(operation: Operation, now: datetime) -> None:
    if operation.phase in OVER:
        raise Refused(
            f"{operation.id} is over: {operation.phase}.", f"To ask again, type {slash(operation.line)}"
        )
    if operation.phase in RUNNING:
        raise Refused(f"{operation.id} is running already.", "Its message shows how far it is.")
    if operation.phase is Phase.ASKED:
        raise Refused(f"{operation.id} has no plan yet.", "It is being made; press again when it is shown.")
    due = operation.expires_at
    if due is not None and now >= due:
        raise Refused(
            f"The plan of {operation.id} has run out.", f"To ask again, type {slash(operation.line)}"
        )


def _who_else(operation: Operation) -> str:
    return f"It needs {operation.needs} of: {', '.join(operation.needs_from)}." if operation.needs else ""


def _left(operation: Operation) -> str:
    """What is known of an operation of which no call is known to have worked."""
    is_open = operation.phase is Phase.UNKNOWN or operation.sent
    return "has an unknown outcome" if is_open else "changed nothing"


def _wet(operation: Operation) -> str:
    """The line without `dry`: `render` writes it after the options and before the reason."""
    asked, because, reason = operation.line.partition(" because ")
    return re.sub(r" dry(?=(?: queue)?(?: break-glass)?$)", "", asked) + because + reason


def _afterwards(operation: Operation) -> str:
    """What may be done about an operation that is over."""
    return (
        f"To take it back, type {slash('undo')} {operation.id}"
        if StepState.DONE in operation.steps
        else _look(operation)
    )


def _look(operation: Operation) -> str:
    return f"Look with {slash('health')} {operation.service}."
