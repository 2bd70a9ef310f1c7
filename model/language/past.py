"""A moment that has been, as people type it: so long ago, a time of day, or a date and time, in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from model.language.near import shown
from model.language.parameters import Duration, Parameter, ParseContext
from model.refusal import Refused
from model.value import Value

_CLOCK = r"(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?::\d\d)?\s*(?:z|utc)?"
_TODAY = re.compile(_CLOCK, re.IGNORECASE)
_DATED = re.compile(rf"(?P<date>\d{{4}}-\d{{2}}-\d{{2}})(?:[t\s]{_CLOCK})?", re.IGNORECASE)
_AGO = Duration(longest=timedelta(days=400))


class Then(Value):
    """One of: so long ago; a moment; the last time that it was `clock`, in UTC."""

    ago: timedelta | None = None
    at: datetime | None = None
    clock: str = ""

    def moment(self, now: datetime) -> datetime:
        """The moment it means."""
        if self.at is not None:
            return self.at
        if self.ago is not None:
            return now - self.ago
        today = now.astimezone(UTC)
        found = datetime.combine(today.date(), time.fromisoformat(self.clock), UTC)
        return found if found <= today else found - timedelta(days=1)


@dataclass(frozen=True)
class PastTime(Parameter):
    """`30m`, `2h` or `3d` ago; `14:02`; `2026-11-20T14:02` or `2026-11-20`."""

    label: str = "AGO"
    hint: str = "30m, 2h or 3d ago, 14:02 or 2026-11-20T14:02, in UTC"

    def read(self, word: str, setting: ParseContext) -> Then:
        said = word.strip()
        if found := _TODAY.fullmatch(said):
            return Then(clock=f"{int(found['hour']):02d}:{found['minute']}")
        if found := _DATED.fullmatch(said):
            clock = f"{int(found['hour']):02d}:{found['minute']}" if found["hour"] else "00:00"
            try:
                return Then(at=datetime.fromisoformat(f"{found['date']}T{clock}+00:00"))
            except ValueError:
                raise Refused(f"There is no day {shown(said)}.", f"Type {self.hint}.") from None
        if not re.match(r"\d", said):
            raise Refused(f"{shown(said)} is not a time that has been.", f"Type {self.hint}.")
        return Then(ago=_AGO.read(said.casefold().removesuffix(" ago").removesuffix("ago"), setting))

    def write(self, value: Then) -> str:
        if value.at is not None:
            return f"{value.at.astimezone(UTC):%Y-%m-%dT%H:%M}"
        return value.clock or _AGO.write(value.ago or timedelta())
