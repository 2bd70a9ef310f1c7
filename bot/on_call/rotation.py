"""Schedules of `kind: rotation`: the catalog's turns, with the swaps of the journal over them."""

from datetime import datetime

from model.catalog.on_call import OnCallSchedule
from model.on_call.events import stream, swaps_of
from model.on_call.rotation import shifts_of
from model.ports.journal import Journal, JournalUnavailable
from model.ports.on_call import OnCallShift, ScheduleUnreadable


class Rotations:
    """Reads the journal only."""

    kind = "rotation"

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def shifts(
        self, handle: str, schedule: OnCallSchedule, since: datetime, until: datetime
    ) -> tuple[OnCallShift, ...]:
        """The shifts that touch [since, until), by their start. Raises ScheduleUnreadable."""
        try:
            records = await self._journal.read(stream(handle))
        except JournalUnavailable as error:
            raise ScheduleUnreadable("the journal with its swaps cannot be reached") from error
        return shifts_of(schedule, swaps_of(records, since), since, until)
