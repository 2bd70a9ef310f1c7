"""What became of an incident's operations when it was resolved, for whoever resolved it."""

from collections.abc import Sequence

from bot.views.message import Message
from model.operations.decide import drop
from model.operations.state import Operation


def ended(incident: str, operations: Sequence[Operation], told: Message | None) -> Message | None:
    """`INC-1 is resolved. Dropped: OP-2. Goes on: OP-3.` after whatever else is told.

    operations: those of the incident that were not over when it was resolved.
    """
    plans = [one.id for one in operations if drop(one, incident) is not None]
    runs = [one.id for one in operations if one.has_begun]
    had = "it had" if len(plans) == 1 else "they had"
    said = [f"Dropped, as {had} not begun: {', '.join(plans)}."] if plans else []
    said += [f"Goes on to its end: {', '.join(runs)}."] if runs else []
    if not said:
        return told
    return Message(text=" ".join([told.text if told else f"{incident} is resolved.", *said]))
