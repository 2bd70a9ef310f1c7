"""A target that another operation is changing: who may come in between, and who comes next."""

from model.operations.state import Operation, Phase
from model.plan import Direction, Plan

_BACK = frozenset({"rollback", "undo"})
_PROMOTED = frozenset({"deploy", "rollback", "config.set", "promote"})
"""What a promotion goes on with, as policies call it."""


def goes_back(action: str, direction: Direction | None, held: Operation, *, is_undo: bool = False) -> bool:
    """Whether a change takes back what the operation that has the target did, or lets that go on.

    A rollback or an undo does, and a scale the other way than the one that is under way; a promotion lets a
    version go on that waits for people. action: what
    policies call the change. direction: None before it is planned, when it may still turn out either way.
    """
    if is_undo or action in _BACK:
        return True
    if action == "promote":
        return held.change.action in _PROMOTED
    if action != "scale" or held.change.action != "scale" or held.plan is None:
        return False
    opposite = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP}
    return direction is None or opposite.get(held.plan.direction) is direction


def may_be_superseded(held: Operation) -> bool:
    """Whether an operation may end by another one's start: all its calls are made, and none is to come."""
    return held.phase is Phase.WATCHING


def is_making_calls(held: Operation) -> bool:
    """Whether it is between two calls, or about to make its first."""
    return held.phase in {Phase.READY, Phase.APPLYING}


def waits_for(held: str) -> str:
    """What somebody is told who cannot come in between now. held: the operation's id."""
    return f"It waits for {held}, which is making its calls; it goes on as soon as they are made."


def comes_after(held: str) -> str:
    """What somebody is told who asked to come next. held: the operation's id."""
    return f"It comes next, as soon as {held} is over."


def says_the_same(one: Plan, other: Plan) -> bool:
    """Whether two plans are the same to people: only the rest of the target may have moved between them."""
    return _as_read(one) == _as_read(other)


def _as_read(plan: Plan) -> tuple[object, ...]:
    told = tuple(caution for caution in plan.cautions if caution.level != "note")
    size = (plan.tier, plan.direction, plan.size, plan.others, plan.counts)
    return (plan.change, plan.deltas, plan.steps, told, size, plan.undo, plan.reverted_by)
