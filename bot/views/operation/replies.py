"""What is said in an operation's thread: an edit wakes nobody, so whoever must act is mentioned here."""

from collections.abc import Callable
from datetime import timedelta

from bot.views.blocks import actions, button, message, section, sure
from bot.views.message import Message, elapsed, safe, when
from bot.views.operation.card import APPROVE, DETAILS, describe, pressed
from model.operations.state import Operation, Phase

SLOW = timedelta(minutes=1)
"""After so long nobody still looks at the message, so its end is said."""


def approval_asked(operation: Operation, group: Callable[[str], str]) -> Message:
    """To the people who can give it, with the button. group: a group's mention by its handle."""
    left = operation.needs - len(operation.approved_by)
    who = " or ".join(group(name) for name in operation.needs_from) or "Somebody else"
    several = f" ({left} of you)" if left > 1 else ""
    until = f", until {when(operation.expires_at)}" if operation.expires_at else ""
    said = f"{who}{several}: {operation.asked_by.mention} asks you to approve {operation.id}{until}."
    what = describe(operation) + (f"\n>because {safe(operation.because, 500)}" if operation.because else "")
    sure_of_it = sure(f"Approve {operation.id}?", describe(operation), "Approve")
    buttons = actions(
        button("Approve", APPROVE, pressed(operation), "primary", sure_of_it),
        button("Details", DETAILS, operation.id),
    )
    return message(said, [section(f"{said}\n{what}"), buttons])


def approval_settled(operation: Operation) -> Message:
    """The same message once nothing is asked of anybody any more."""
    if operation.phase in {Phase.CANCELLED, Phase.EXPIRED, Phase.TURNED_DOWN, Phase.PLANNED}:
        said = f"{operation.id} asks for no approval any more."
    else:
        given = ", ".join(person.mention for person in operation.approved_by)
        said = f"{operation.id}: approved by {given}." if given else f"{operation.id} waits for nobody."
    return message(said, [section(said)])


def ended(operation: Operation) -> Message | None:
    """To whoever asked, where it went badly or took long; None where its message says it in time."""
    if not operation.is_over or operation.started_at is None or operation.ended_at is None:
        return None
    took = operation.ended_at - operation.started_at
    what = f" {safe(operation.what, 600)}" if operation.what else ""
    match operation.phase:
        case Phase.FAILED:
            said = f"🔴 {operation.id} has failed after {elapsed(took)}.{what}"
        case Phase.UNKNOWN if operation.stopped_by is None:
            said = f"❔ Nobody knows how {operation.id} ended.{what}"
        case Phase.SUCCEEDED if operation.verdict == "worse":
            said = f"🔴 {operation.id} is through, and {safe(operation.service, 60)} is worse than before."
        case Phase.SUCCEEDED if took >= SLOW:
            said = f"✅ {operation.id} is through after {elapsed(took)}."
        case _:
            return None
    return Message(text=f"{operation.asked_by.mention} {said}")
