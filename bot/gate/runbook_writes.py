"""What walking through a runbook writes: its opening, and each step in the commit of what it runs."""

from bot.gate import streams
from bot.gate.request import IncomingRequest
from model.outcomes import UpdateRunbookRun
from model.ports.journal import IndexChange, Write
from model.runbooks.events import Opened, Stepped, to_event


def walk(
    outcome: UpdateRunbookRun, incoming: IncomingRequest
) -> tuple[str, tuple[Write, ...], tuple[IndexChange, ...]]:
    """The guide's id and its events. Steps contradict nobody, so they need not wait their turn.

    A runbook that is opened in a thread is shown there.
    """
    expect = None if outcome.guide else 0
    there = {"thread_ts": incoming.thread_ts}
    events = tuple(
        to_event(event.model_copy(update=there) if isinstance(event, Opened) else event)
        for event in outcome.events
    )
    return outcome.id, (Write(stream=streams.guide(outcome.id), expect=expect, events=events),), ()


def stepped(incoming: IncomingRequest, made: str) -> tuple[Write, ...]:
    """The write that marks a runbook's step, when the request is one; it is one commit with what it runs."""
    if not incoming.step:
        return ()
    guide, _, number = incoming.step.partition(" ")
    event = to_event(Stepped(step=int(number), line=incoming.line, made=made, follows=True))
    return (Write(stream=streams.guide(guide), events=(event,)),)
