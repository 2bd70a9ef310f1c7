"""A time ahead, as people type it: a date and time, a weekday and time, or so long from now."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from model.language.near import shown
from model.language.parameters import Duration, Parameter, ParseContext
from model.refusal import Refused
from model.value import Value

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SOON = ("today", "tomorrow")
_DAY = "|".join((*SOON, *(f"{day[:3]}(?:{day[3:]})?" for day in DAYS)))
_CLOCK = r"(?P<clock>(?:[01]?\d|2[0-3])[:.][0-5]\d)(?::00)?\s*(?:z|utc)?"
_DATED = re.compile(rf"(?P<date>\d{{4}}-\d{{2}}-\d{{2}})[t\s]{_CLOCK}", re.IGNORECASE)
_ON_DAY = re.compile(rf"(?P<day>{_DAY})[-@t\s]{_CLOCK}", re.IGNORECASE)
_BARE = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}|{_DAY}", re.IGNORECASE)
_AHEAD = Duration(longest=timedelta(days=92))


class When(Value):
    """A moment in UTC; a weekday (0 is Monday) or so many days on at `clock` UTC; or so long from now."""

    at: datetime | None = None
    weekday: int | None = None
    days: int | None = None
    clock: str = ""
    after: timedelta | None = None

    def moment(self, now: datetime) -> datetime:
        """The moment it means; a weekday is the next one whose time has not passed."""
        if self.at is not None:
            return self.at
        today = now.astimezone(UTC)
        if self.days is not None:
            day = today.date() + timedelta(days=self.days)
            return datetime.combine(day, time.fromisoformat(self.clock), UTC)
        if self.weekday is None:
            return now + (self.after or timedelta())
        day = today.date() + timedelta(days=(self.weekday - today.weekday()) % 7)
        found = datetime.combine(day, time.fromisoformat(self.clock), UTC)
        return found if found > today else found + timedelta(days=7)


@dataclass(frozen=True)
class FutureTime(Parameter):
    """`2026-11-29T03:00`, `sunday-03:00`, `tomorrow-03:00` (a space does too), `+49h` or `now`; in UTC."""

    label: str = "START"
    hint: str = "2026-11-29T03:00, sunday-03:00, tomorrow-03:00 or +49h, in UTC"

    def read(self, word: str, setting: ParseContext) -> When:
        said = word.strip()
        if said.casefold() == "now":
            return When(after=timedelta())
        if said.startswith("+"):
            return When(after=_AHEAD.read(said[1:], setting))
        if found := _ON_DAY.fullmatch(said):
            if found["day"].casefold() in SOON:
                return When(days=SOON.index(found["day"].casefold()), clock=_clock(found["clock"]))
            weekday = next(n for n, day in enumerate(DAYS) if day.startswith(found["day"].casefold()[:3]))
            return When(weekday=weekday, clock=_clock(found["clock"]))
        if found := _DATED.fullmatch(said):
            return When(at=_moment(found["date"], found["clock"]))
        if _BARE.fullmatch(said):
            whole = f"{said}{'T' if said[0].isdigit() else '-'}03:00"
            raise Refused(f"{shown(said)} has no time of day.", f"Type the time too, in UTC: {whole}.")
        raise Refused(f"{shown(said)} is not a time ahead.", f"Type {self.hint}.")

    def write(self, value: When) -> str:
        if value.at is not None:
            return f"{value.at.astimezone(UTC):%Y-%m-%dT%H:%M}"
        if value.days is not None:
            return f"{SOON[value.days]}-{value.clock}"
        if value.weekday is not None:
            return f"{DAYS[value.weekday]}-{value.clock}"
        return f"+{_AHEAD.write(value.after)}" if value.after else "now"

    def joins(self, word: str, after: str) -> bool:
        """A day without its time takes the next word, if that is a time: `sunday 03:00`."""
        return bool(_BARE.fullmatch(word) and re.fullmatch(_CLOCK, after, re.IGNORECASE))


def _clock(text: str) -> str:
    hours, minutes = re.split("[:.]", text)
    return f"{int(hours):02d}:{minutes}"


def _moment(date: str, clock: str) -> datetime:
    try:
        return datetime.fromisoformat(f"{date}T{_clock(clock)}").replace(tzinfo=UTC)
    except ValueError as wrong:
        raise Refused(f"There is no day {date}.", "Type a date such as 2026-11-29T03:00.") from wrong
