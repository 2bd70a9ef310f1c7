"""`/history`: what ran and what was done."""

from model.language.declare import Kind, command
from model.language.parameters import AService
from model.question import AskHistory
from model.world import Ask, Look


@command(
    "history",
    "Versions to roll back to, and what was done",
    Kind.LOOK,
    examples=("delivery-standard", "miyabi-api"),
)
def history(ask: Ask, service: AService) -> Look:
    """The target's versions and Muster's own operations on it."""
    return Look(AskHistory(), service)
