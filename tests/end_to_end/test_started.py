"""An incident counts from when it began, where somebody says so."""

from datetime import timedelta

from bot.clock import utc_now
from tests.end_to_end.conftest import Stage, everything
from tests.end_to_end.test_incidents import declared, says


async def test_durations_count_from_when_it_began(stage: Stage):
    room = await declared(stage)
    began = utc_now() - timedelta(minutes=40)
    await says(stage, f"started {began:%H:%M}", room)
    await stage.whispers("durations count from then", "U0ANA")
    await stage.timeline("INC-1", f"Began at {began:%H:%M} UTC")
    await says(stage, "resolve It is over", room)
    told = everything(await stage.shows("SEV2 Resolved after 4", room))
    assert "after 40 min" in told or "after 41 min" in told


async def test_a_time_that_has_not_come_is_refused(stage: Stage):
    room = await declared(stage)
    await says(stage, f"started {utc_now() + timedelta(hours=1):%H:%M}", room)
    await stage.whispers("has not come yet today", "U0ANA")
    await says(stage, "started yesterday", room)
    await stage.whispers("is not a time", "U0ANA")
