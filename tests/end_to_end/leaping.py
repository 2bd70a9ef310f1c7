"""A clock that leaps, for what takes minutes or days."""

from datetime import datetime, timedelta

from bot.clock import utc_now


class Clock:
    """Now, and as far ahead as a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead
