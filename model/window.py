"""Windows of time that are looked back at: never ahead of now, never longer than is sensible."""

from datetime import datetime, timedelta

from model.refusal import Refused

SKEW = timedelta(minutes=1)
"""How far ahead of our clock an end may be and still be now."""


def check_window(since: datetime, until: datetime, now: datetime, longest: timedelta) -> None:
    """Raises Refused for a window in the future, without length, or over the longest there may be."""
    if until > now + SKEW:
        what = f"{in_utc(until)} has not come yet; it is {in_utc(now)}."
        raise Refused(what, "Leave until= out to look up to now.")
    if since >= until:
        what = f"The window would begin at {in_utc(since)} and end at {in_utc(until)}."
        raise Refused(what, "Give since= a moment before until=, such as since=1h.")
    if until - since > longest:
        what = (
            f"At most {in_words(longest)} can be looked at in one go, and this is {in_words(until - since)}."
        )
        raise Refused(what, f"Type since={in_words(longest)}, or move the end with until= and look again.")


def in_utc(at: datetime) -> str:
    """`2026-11-20 22:30 UTC`."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def in_words(length: timedelta) -> str:
    """`14d`, `2h30m` or `45s`: as it may be typed."""
    seconds = int(length.total_seconds())
    parts = ((seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "m"))
    return "".join(f"{n}{unit}" for n, unit in parts if n) or f"{seconds}s"


def span_in_words(since: datetime, until: datetime) -> str:
    """`22:00 to 23:00 UTC`, with the days where they differ."""
    if since.date() == until.date():
        return f"{since:%Y-%m-%d %H:%M} to {until:%H:%M} UTC"
    return f"{since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC"
