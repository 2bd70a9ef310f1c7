"""What a system's runbook says of its maintenance windows: when, how long, how far ahead it is told."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from model.catalog.calendar import window_at
from model.catalog.system import System, Window

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MINUTE = timedelta(minutes=1)


def lies_in_window(system: System, start: datetime, end: datetime) -> bool:
    """Whether all of it lies in one of the system's windows."""
    window = window_at(system, start)
    if window is None or window is not window_at(system, end - _MINUTE):
        return False
    return end - start < timedelta(days=1)


def next_window(system: System, after: datetime) -> datetime | None:
    """When the next of the system's windows begins, at or after a moment; None where it has none."""
    found = [_next(window, after) for window in system.windows]
    return min(found, default=None)


def notice(system: System) -> Window | None:
    """The window whose runbook wants the longest notice; None where none is asked for."""
    asking = [window for window in system.windows if window.notice]
    return max(asking, key=lambda window: window.notice or timedelta(), default=None)


def longest(system: System) -> Window | None:
    """The window with the longest time that the runbook allows; None where it sets no bound."""
    bound = [window for window in system.windows if window.longest]
    return max(bound, key=lambda window: window.longest or timedelta(), default=None)


def in_words(window: Window) -> str:
    """`Sunday 03:00–05:00 UTC`."""
    monthly = ", once a month" if window.every == "month" else ""
    return f"{DAYS[window.weekday]} {window.start}–{window.end} {window.timezone}{monthly}"


def _next(window: Window, after: datetime) -> datetime:
    local = after.astimezone(UTC if window.timezone == "UTC" else ZoneInfo(window.timezone))
    day = local.date() + timedelta(days=(window.weekday - local.weekday()) % 7)
    start = datetime.combine(day, time.fromisoformat(window.start), local.tzinfo)
    found = start if start >= local else start + timedelta(days=7)
    return found.astimezone(UTC)
