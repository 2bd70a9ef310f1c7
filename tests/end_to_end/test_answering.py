"""An incident that is watched: clocks that go off, people who are paged, and the document at its end."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import utc_now
from tests.end_to_end.conftest import PASSED, Stage, everything, keep_or_compare, staged
from tests.end_to_end.test_incidents import declared, says


class Watch:
    """A clock that goes on by itself from long ago, so that what is due rings at once."""

    def __init__(self) -> None:
        self.behind = timedelta(days=730)

    def __call__(self) -> datetime:
        return utc_now() - self.behind


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def stage(
    tmp_path: Path, transport: str, watch: Watch, request: pytest.FixtureRequest
) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, transport, watch) as playing:
        yield playing
    if request.node.stash.get(PASSED, False):
        keep_or_compare(request, playing.exchange)


def alerts(stage: Stage) -> dict[str, str]:
    """PagerDuty's alerts by dedup key, and how they stand."""
    return {key: alert.status for (_, key), alert in stage.town.pager.alerts.items()}


@pytest.mark.procedure("response-clock")
async def test_an_incident_that_nobody_acknowledges_rings_in_its_channel(stage: Stage, watch: Watch):
    room = await declared(stage, "SEV2 miyabi-api Elevated 5xx")
    watch.behind -= timedelta(minutes=31)
    await stage.shows("Nobody has acknowledged INC-1 in time", room)
    await stage.timeline("INC-1", "Nobody had acknowledged")


@pytest.mark.procedure("escalation")
async def test_the_matrix_is_told_level_by_level_by_its_clocks(stage: Stage, watch: Watch):
    room = await declared(stage, "P1 architect-api API down")
    watch.behind -= timedelta(seconds=61)
    await stage.shows("Escalated to Level 2", room)
    watch.behind -= timedelta(minutes=16)
    shown = everything(await stage.shows("Nobody was told of Level 3", room))
    assert "NOT told: “Director”" in shown
    watch.behind -= timedelta(minutes=15)
    await stage.shows("of Level 4", room)


@pytest.mark.procedure("escalation")
async def test_someone_escalates_before_the_clock_and_the_clock_does_not_do_it_again(
    stage: Stage, watch: Watch
):
    room = await declared(stage, "P1 architect-api API down")
    watch.behind -= timedelta(seconds=61)
    await stage.shows("Escalated to Level 2", room)
    await says(stage, "escalate", room)
    await stage.shows("of Level 3", room)
    watch.behind -= timedelta(minutes=16)
    await stage.timeline("INC-1", "Escalated to Level 3")
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    assert sum("Escalated to Level 3" in one.text for one in found.timeline) == 1


async def test_a_system_without_a_matrix_says_to_page_a_team(stage: Stage):
    room = await declared(stage, "SEV2 miyabi-api Elevated 5xx")
    await stage.types("U0ANA", "/incident escalate", room)
    await stage.whispers("/incident page TEAM", "U0ANA")


@pytest.mark.procedure("page")
async def test_a_team_is_paged_once_and_its_alert_ends_with_the_incident(stage: Stage):
    room = await declared(stage, "P1 architect-api API down")
    await stage.slack.wait_for(lambda: "INC-1" in alerts(stage) or None)
    await says(stage, "page architect-oncall The database does not answer", room)
    await says(stage, "page architect-oncall The database does not answer", room)
    await stage.slack.wait_for(lambda: "INC-1:architect-oncall" in alerts(stage) or None)
    await stage.timeline("INC-1", "Paged architect-oncall: The database does not answer")
    await says(stage, "resolve Back again", room)
    ends = {"INC-1": "resolved", "INC-1:architect-oncall": "resolved"}
    await stage.slack.wait_for(lambda: alerts(stage) == ends or None)


async def test_a_team_there_is_not_is_refused_with_the_closest(stage: Stage):
    room = await declared(stage, "P1 architect-api API down")
    await stage.types("U0ANA", "/incident page architect-oncal", room)
    await stage.whispers("architect-oncall", "U0ANA")
    assert "INC-1:architect-oncal" not in alerts(stage)


@pytest.mark.procedure("next-update")
async def test_the_next_update_is_reminded_of_and_then_overdue(stage: Stage, watch: Watch):
    room = await declared(stage, "SEV2 miyabi-api Elevated 5xx")
    await says(stage, "update Identified A bad config --next 30m", room)
    await stage.shows("A bad config", room)
    watch.behind -= timedelta(minutes=26)
    await stage.shows("the next update is promised for", room)
    watch.behind -= timedelta(minutes=5)
    await stage.shows("the promised update is overdue", room)


@pytest.mark.procedure("postmortem")
async def test_the_post_mortem_is_drafted_from_the_timeline(stage: Stage):
    room = await declared(stage, "SEV2 miyabi-api Elevated 5xx")
    await says(stage, "note Deploy of 14:02 is suspected, token=xoxb-1234567890-abc", room)
    await says(stage, "note <@U0BEN> looks at the pool", room)
    await says(stage, "resolve Rolled back", room)
    await says(stage, "postmortem", room)
    await stage.shows("The post-mortem of INC-1", room)

    def file() -> str | None:
        for one in stage.slack.workspace.files.values():
            if one.name == "inc-1-post-mortem.md" and room in one.room_ids:
                return one.content.decode()
        return None

    text = await stage.slack.wait_for(file)
    assert "# INC-1: Elevated 5xx" in text
    assert "Deploy of 14:02 is suspected" in text
    assert "xoxb-" not in text
    assert "Ben Okafor looks at the pool (Ana Lima)" in text
    assert "U0" not in text
    assert "| Resolved |" in text
