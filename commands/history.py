"""`/history`: what ran and what was done."""

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.parameters import AService
from model.outcomes import RunQuery
from model.queries import HistoryQuery


@command(
    "history",
    "Versions to roll back to, and what was done",
    Kind.LOOK,
    examples=("delivery-standard", "miyabi-api"),
)
def history(invocation: Invocation, service: AService) -> RunQuery:
    """The target's versions and Muster's own operations on it."""
    return RunQuery(HistoryQuery(), service)
