"""Amounts and times of a chart as people read them."""

import math
from datetime import UTC, datetime

BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
DECIMAL = ("", "k", "M", "G", "T", "P")
DAY_S = 86_400.0


def amount(value: float, unit: str) -> str:
    """A value with its unit, to three digits: `82 %`, `340 ms`, `12.5 MiB`, `1.2k/s`, `$1,500`, `1.2k`.

    unit: one of `percent` (0 to 100), `ms`, `s`, `bytes`, `count`, `USD`, `per s`; another one follows the
    number as it is.
    """
    match unit:
        case "percent":
            return f"{_three(value)} %"
        case "bytes":
            return _scaled(value, 1024, BINARY, " ")
        case "ms":
            return duration(value / 1000)
        case "s":
            return duration(value)
        case "USD":
            return _dollars(value)
        case "per s":
            return f"{_scaled(value, 1000, DECIMAL)}/s"
        case "count" | "":
            return _scaled(value, 1000, DECIMAL)
        case _:
            return f"{_scaled(value, 1000, DECIMAL)} {unit}"


def duration(seconds: float) -> str:
    """A length of time in its largest unit that leaves at least one of it."""
    size = float(f"{abs(seconds):.3g}")
    for most, per, name in ((1, 0.001, "ms"), (120, 1, "s"), (7200, 60, "min"), (2 * DAY_S, 3600, "h")):
        if size < most:
            return f"{_three(seconds / per)} {name}"
    return f"{_three(seconds / DAY_S)} d"


def moment(at: float, start: float, end: float) -> str:
    """A time in UTC (seconds since the epoch), with as much of the date as a window needs."""
    told = datetime.fromtimestamp(at, UTC)
    if end - start <= 300:
        return f"{told:%H:%M:%S}"
    if _day(start) == _day(end) or end - start <= DAY_S / 2:
        return f"{told:%H:%M}"
    if end - start <= 7 * DAY_S:
        return f"{told.day} {told:%b %H:%M}"
    return f"{told.day} {told:%b}"


def window(start: float, end: float) -> str:
    """From when to when, in UTC, with the date."""
    begins, ends = (datetime.fromtimestamp(at, UTC) for at in (start, end))
    if begins.date() == ends.date():
        return f"{begins:%Y-%m-%d %H:%M}–{ends:%H:%M} UTC"
    if end - start > 7 * DAY_S:
        return f"{begins:%Y-%m-%d} to {ends:%Y-%m-%d} UTC"
    return f"{begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} UTC"


def _day(at: float) -> int:
    return int(at // DAY_S)


def _dollars(value: float) -> str:
    sign = "-" if value < 0 else ""
    size = abs(value)
    if 0 < size < 0.01:
        return f"{sign}${_three(size)}"
    if size < 999.995:
        return f"{sign}${size:.2f}"
    return f"{sign}${size:,.0f}" if size < 99_999.5 else f"{sign}${_scaled(size, 1000, DECIMAL)}"


def _scaled(value: float, base: int, names: tuple[str, ...], space: str = "") -> str:
    """The value in the largest of these units that leaves at least one of it."""
    size = float(f"{value:.3g}") if base == 1000 else value
    step = 0
    while abs(size) >= base and step < len(names) - 1:
        size, step = size / base, step + 1
    if step < len(names) - 1 and round(abs(size)) >= base:
        size, step = size / base, step + 1
    return f"{_three(size)}{space if names[step] else ''}{names[step]}"


def _three(value: float) -> str:
    """Three digits that matter, and no zeros behind the point; whole thousands stay whole."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    if abs(value) < 1e-6:
        return f"{value:.3g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
