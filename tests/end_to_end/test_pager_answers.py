"""What became of a page in the pager is asked for: who answered it, and that it alarmed nobody."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Stage, everything, staged
from tests.end_to_end.leaping import Clock
from tests.end_to_end.test_incidents import declared, says


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stage(tmp_path: Path, clock: Clock) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, "http", clock) as playing:
        yield playing


async def taken(stage: Stage) -> None:
    await stage.timeline("INC-1", "The pager has taken the page")


async def test_who_answers_in_the_pager_has_acknowledged_the_incident(stage: Stage, clock: Clock):
    room = await declared(stage)
    await taken(stage)
    stage.town.pager.acknowledge("INC-1", "Sam Reyes", "sam@example.com")
    clock.ahead += timedelta(seconds=16)
    await stage.timeline("INC-1", "Sam Reyes acknowledged the page of on call in the pager")
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    assert found.acknowledged_by is not None
    assert found.acknowledged_by.user == "U0SAM"
    headline = await stage.slack.wait_for(
        lambda: next((one for one in stage.slack.workspace.messages(room) if said(one)), None)
    )
    assert "acknowledged by <@U0SAM>" in everything(headline)


def said(message: dict) -> bool:
    return "acknowledged there by Sam Reyes" in everything(message)


async def test_who_is_not_in_slack_stops_the_clock_too(stage: Stage, clock: Clock):
    await declared(stage)
    await taken(stage)
    stage.town.pager.acknowledge("INC-1", "Zoe Elsewhere", "zoe@elsewhere.example")
    clock.ahead += timedelta(seconds=16)
    await stage.timeline("INC-1", "Zoe Elsewhere acknowledged the page")
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    assert found.is_acknowledged


async def test_a_page_that_the_pager_took_and_dropped_is_told_as_that(stage: Stage, clock: Clock):
    room = await declared(stage)
    await taken(stage)
    stage.town.pager.suppressed |= {key for key, _ in stage.town.pager.alerts}
    await says(stage, "page miyabi-oncall Look please", room)
    await stage.timeline("INC-1", "taken the page of miyabi-oncall")
    clock.ahead += timedelta(seconds=16)
    await stage.timeline("INC-1", "took the page of on call and opened no incident: nobody was alarmed")
    told = everything(await stage.shows("paged by", room))
    assert "nobody was alarmed" in told or await stage.shows("nobody was alarmed", room)


async def test_the_acknowledgement_of_a_teams_page_comes_back_to_its_line(stage: Stage, clock: Clock):
    room = await declared(stage)
    await says(stage, "page miyabi-oncall Look please", room)
    await stage.timeline("INC-1", "miyabi-oncall")
    await stage.slack.wait_for(
        lambda: ("INC-1:miyabi-oncall" in {key for _, key in stage.town.pager.alerts}) or None
    )
    await stage.timeline("INC-1", "taken the page of miyabi-oncall")
    stage.town.pager.acknowledge("INC-1:miyabi-oncall", "Ben Okafor", "ben@example.com")
    clock.ahead += timedelta(seconds=16)
    await stage.shows("acknowledged there by Ben Okafor", room)
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    assert not found.is_acknowledged


async def test_a_pager_that_does_not_say_is_asked_again(stage: Stage, clock: Clock):
    await declared(stage)
    await taken(stage)
    stage.town.pager.acknowledge("INC-1", "Sam Reyes", "sam@example.com")
    stage.town.pager.account.failing = True
    asked = len(stage.town.pager.account.seen)
    clock.ahead += timedelta(seconds=16)
    await stage.slack.wait_for(lambda: len(stage.town.pager.account.seen) > asked or None)
    stage.town.pager.account.failing = False
    clock.ahead += timedelta(seconds=21)
    await stage.timeline("INC-1", "Sam Reyes acknowledged the page")
