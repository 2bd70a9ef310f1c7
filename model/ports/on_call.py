"""Where on-call schedules are read: a rotation of the catalog, PagerDuty, or whatever else is added."""

from datetime import datetime
from typing import Protocol

from pydantic import AwareDatetime

from model.catalog.on_call import OnCallSchedule
from model.value import Value


class OnCallShift(Value):
    """Someone is on call from `start` to `end` (UTC).

    who: as the schedule writes it, a Slack id, `@handle` or e-mail address; name: what the schedule calls
    them. end: None where it is not known when it ends.
    """

    who: str
    name: str = ""
    start: AwareDatetime
    end: AwareDatetime | None = None


class ScheduleUnreadable(Exception):
    """A schedule could not be read; says in words why, and what to do."""


class OnCallSource(Protocol):
    """One kind of schedule. `kind` is what the catalog calls it."""

    kind: str

    async def shifts(
        self, handle: str, schedule: OnCallSchedule, since: datetime, until: datetime
    ) -> tuple[OnCallShift, ...]:
        """The shifts that touch [since, until), by their start. Raises ScheduleUnreadable."""
        ...
