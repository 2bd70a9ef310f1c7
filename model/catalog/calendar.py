"""Whether a moment lies in a system's change freeze or maintenance window."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from model.catalog.system import ChangeFreeze, System, Window

_DAY = timedelta(days=1)


def is_frozen(system: System, at: datetime) -> ChangeFreeze | None:
    """The freeze that holds for the system at `at` (aware), or None."""
    day = at.astimezone(UTC).date()
    return next((freeze for freeze in system.freezes if _is_in_last_week_of_quarter(day)), None)


def in_window(system: System, at: datetime) -> bool:
    """Whether `at` (aware) lies in one of the system's maintenance windows; the end is outside."""
    return window_at(system, at) is not None


def window_at(system: System, at: datetime) -> Window | None:
    """The maintenance window `at` (aware) lies in, or None."""
    return next((window for window in system.windows if _is_in(window, at)), None)


def quarter_end(day: date) -> date:
    """The last day of the day's quarter."""
    month = (day.month - 1) // 3 * 3 + 3
    first_after = date(day.year + month // 12, month % 12 + 1, 1)
    return first_after - _DAY


def _is_in_last_week_of_quarter(day: date) -> bool:
    return quarter_end(day) - day < 7 * _DAY


def _is_in(window: Window, at: datetime) -> bool:
    local = at.astimezone(UTC if window.timezone == "UTC" else ZoneInfo(window.timezone))
    start, end = time.fromisoformat(window.start), time.fromisoformat(window.end)
    now = local.time()
    if start < end:
        return local.weekday() == window.weekday and start <= now < end
    # It runs past midnight: either its evening, or the morning after.
    if local.weekday() == window.weekday:
        return now >= start
    return local.weekday() == (window.weekday + 1) % 7 and now < end
