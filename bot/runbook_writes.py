"""What walking through a runbook writes: its opening, and each step in the commit of what it runs."""

from bot import streams
from bot.knock import Knock
from model.recorded import IndexChange, Write
from model.runbooks.events import Opened, Stepped, to_event
from model.world import Walk


def walk(outcome: Walk, knock: Knock) -> tuple[str, tuple[Write, ...], tuple[IndexChange, ...]]:
    """The guide's id and its events. Steps contradict nobody, so they need not wait their turn.

    A runbook that is opened in a thread is shown there.
    """
    expect = None if outcome.guide else 0
    there = {"thread_ts": knock.thread_ts}
    events = tuple(
        to_event(event.model_copy(update=there) if isinstance(event, Opened) else event)
        for event in outcome.events
    )
    return outcome.id, (Write(stream=streams.guide(outcome.id), expect=expect, events=events),), ()


def stepped(knock: Knock, made: str) -> tuple[Write, ...]:
    """The write that marks a runbook's step, when the request is one; it is one commit with what it runs."""
    if not knock.step:
        return ()
    guide, _, number = knock.step.partition(" ")
    event = to_event(Stepped(step=int(number), line=knock.line, made=made))
    return (Write(stream=streams.guide(guide), events=(event,)),)
