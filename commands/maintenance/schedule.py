"""`/maintenance schedule`: announce a maintenance of a service."""

from datetime import timedelta
from typing import Annotated

from model.context import Invocation
from model.language.declare import Kind, command
from model.language.moment import FutureTime, When
from model.language.parameters import AService, Duration, Flag, Text
from model.maintenance.decide import schedule as decide
from model.outcomes import UpdateMaintenance


@command(
    "maintenance schedule",
    "Announce a maintenance of a service",
    Kind.MAINTENANCE,
    examples=("miyabi-api 2026-11-29T03:00 2h Upgrade the database", "delivery-standard sunday-02:00 1h"),
    explains="It is announced at once, and again 48 hours and an hour before. Times are in UTC.",
)
def schedule(
    invocation: Invocation,
    service: AService,
    start: Annotated[When, FutureTime()],
    length: Annotated[timedelta, Duration("DURATION", "30m or 2h", timedelta(days=1))],
    text: Annotated[str, Text("TEXT", "what is done, in a few words", 300)] = "",
    *,
    emergency: Annotated[bool, Flag("emergency", "It cannot wait for the notice; say why")] = False,
) -> UpdateMaintenance:
    """Held against the runbook's window, notice and longest duration."""
    world = invocation.world
    events = decide(
        world.new_id,
        world.catalog.system_of(service),
        service,
        world.now,
        world.planned,
        start=start.moment(world.now),
        length=length,
        text=text,
        is_emergency=emergency,
        because=invocation.request.because,
        channel=world.channel,
    )
    return UpdateMaintenance(world.new_id, service.id, None, events)
