"""The bells of a maintenance: what people are told by itself, and when."""

from datetime import datetime, timedelta

from model.events import Event
from model.maintenance.events import Bell, Reminded, to_event
from model.maintenance.state import Maintenance, Phase
from model.plan import Value

HOUR = timedelta(hours=1)


class Due(Value):
    """One bell and its time."""

    bell: Bell
    at: datetime


def due_timers(maintenance: Maintenance) -> tuple[Due, ...]:
    """The bells that have not rung and still say something new, soonest first. None once it is over.

    What lies before the schedule itself, or before one that has rung, is not told any more.
    """
    if not maintenance.is_open:
        return ()
    times = _times(maintenance)
    told = max((due.at for due in times if due.bell in maintenance.fired), default=maintenance.scheduled_at)
    ahead = maintenance.phase is Phase.SCHEDULED
    return tuple(due for due in times if due.at > told and (ahead or due.bell == "end"))


def fire(maintenance: Maintenance, now: datetime) -> tuple[Event, ...]:
    """What is due by now, as events. Once they are recorded, the same call gives nothing more.

    Of several that were slept through only the last still says something true.
    """
    due = [one for one in due_timers(maintenance) if one.at <= now]
    return tuple(to_event(Reminded(bell=one.bell, due=one.at)) for one in due[-1:])


def _times(maintenance: Maintenance) -> list[Due]:
    ahead: tuple[tuple[Bell, timedelta], ...] = (
        ("notice", maintenance.notice),
        ("hour", HOUR),
        ("start", timedelta()),
    )
    found = [Due(bell=bell, at=maintenance.start - before) for bell, before in ahead]
    return sorted([*found, Due(bell="end", at=maintenance.end)], key=lambda due: due.at)
