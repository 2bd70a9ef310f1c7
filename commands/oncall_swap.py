"""`/oncall swap`: somebody else is on call for a while."""

from datetime import timedelta
from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.moment import FutureTime, When
from model.language.near import nearest, or_list, shown
from model.language.parameters import APerson, Duration, Name
from model.on_call.events import Swapped, stream, to_event
from model.outcomes import Administer
from model.refusal import Refused

LONGEST = timedelta(days=62)


@command(
    "oncall swap",
    "Somebody else is on call for a while",
    Kind.INCIDENT,
    examples=("miyabi-oncall @ana now 8h", "miyabi-oncall @ana 2026-12-24T09:00 2d"),
    explains=(
        "Of a rotation of the catalog; the swap is kept in the journal, and a later one stands over it. It "
        "says who is mentioned and called, and gives no rights. Times are in UTC."
    ),
)
def swap(
    invocation: Invocation,
    schedule: Annotated[str, Name("SCHEDULE", "a schedule of the catalog, such as miyabi-oncall")],
    person: APerson,
    start: Annotated[When, FutureTime()],
    length: Annotated[timedelta, Duration("DURATION", "8h or 2d", LONGEST)],
) -> Administer:
    """Raises Refused for a schedule that is not a rotation here, or a time that is over."""
    world = invocation.world
    schedules = world.catalog.people.schedules
    handle = schedule.removeprefix("@").casefold()
    if handle not in schedules:
        near = nearest(handle, sorted(schedules)) or tuple(sorted(schedules)[:6])
        instead = f"Type {or_list(near)}." if near else "See `schedules` in people.yaml."
        raise Refused(f"There is no schedule {shown(schedule)}.", instead)
    if schedules[handle].kind != "rotation":
        said = f"The schedule {shown(handle)} is kept in PagerDuty."
        raise Refused(said, "Make an override there; it is seen here at once.")
    begins = start.moment(world.now)
    ends = begins + length
    if ends <= world.now:
        raise Refused("That time is over.", "Type a time ahead, or now.")
    event = Swapped(schedule=handle, who=person.user, start=begins, end=ends)
    said = f"{person.mention} is on call for `{handle}` from {begins:%F %H:%M} to {ends:%F %H:%M} UTC."
    return Administer(stream(handle), to_event(event), said)
