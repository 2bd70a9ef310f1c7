"""A company of 100,000 people: nobody waits for lists of it, and nothing falls when Slack tells nothing."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from playground.crowd import Crowd
from playground.faults import FaultBoard
from playground.slack import Pace
from tests.end_to_end.conftest import INCIDENTS, Stage, staged
from tests.end_to_end.leaping import Clock

COMPANY = {"crowd": Crowd(people=100_000, rooms=20_000), "slack_pace": Pace(posts_per_s=50, burst=50)}


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_in_a_large_company_the_first_to_ask_is_answered_at_once_under_slacks_limits(tmp_path: Path):
    async with staged(tmp_path, "http", place=COMPANY) as stage:
        ack = await stage.types("U0SAM", "/incident declare P4 architect-api It answers slowly")
        assert ack.status == 200  # within the time that Slack waits, or it would say that nothing came
        await stage.shows("INC-1", INCIDENTS)
        await stage.types("U0SAM", "/restart architect-api because it hangs")
        await stage.shows("OP-1 · plan")
        calls = Counter(call.method for call in stage.slack.workspace.calls)
        limited = [call for call in stage.slack.workspace.calls if call.error == "ratelimited"]
    assert limited == []
    assert calls["users.list"] == 0
    assert calls["conversations.list"] == 0
    assert calls["usergroups.list"] <= 2
    assert calls["users.info"] <= 3


async def test_a_channel_that_muster_is_not_in_is_looked_for_once_and_then_known(tmp_path: Path):
    settings = {"incidents_channel": "a-team-19999", "post_every_s": 0.0}
    for line, listed in (("P4 architect-api", True), ("SEV4 miyabi-api", False)):
        async with staged(
            tmp_path, "http", place={**COMPANY, "crowd": Crowd(rooms=20_000)}, **settings
        ) as stage:
            await stage.types("U0ANA", f"/incident declare {line} It answers slowly")
            await stage.shows("It answers slowly", "C1019999")
            calls = [call.method for call in stage.slack.workspace.calls]
        assert ("conversations.list" in calls) == listed
        assert calls.count("conversations.list") <= 24  # 21 pages, and what met the limit of 20 a minute
        assert ("conversations.info" in calls) != listed


async def test_a_channel_that_is_named_by_its_id_is_not_looked_for(tmp_path: Path):
    async with staged(tmp_path, "http", place=COMPANY, incidents_channel="C0INC") as stage:
        await stage.types("U0ANA", "/incident declare P2 architect-api It answers slowly")
        await stage.shows("INC-1", INCIDENTS)
        calls = {call.method for call in stage.slack.workspace.calls}
    assert not calls & {"conversations.list", "users.conversations"}


async def test_nobody_but_who_asks_and_who_counts_is_asked_for(stage: Stage):
    await stage.types("U0EVE", "/health delivery-standard")
    await stage.types("U0EVE", "/incident note incident=INC-1 hello")
    asked = [call.args["user"] for call in stage.slack.workspace.calls if call.method == "users.info"]
    assert asked == ["U0EVE"]


async def test_with_slacks_word_on_people_away_what_was_known_serves_for_all_but_changes(
    tmp_path: Path, clock: Clock
):
    async with staged(tmp_path, "http", clock, groups_max_age_s=60) as stage:
        await stage.types("U0SAM", "/scale architect-api 5 because of load")
        await stage.confirms("U0SAM", await stage.shows("OP-1 · plan"))
        await stage.shows("OP-1 · ✅ Done")
        await stage.types("U0SAM", "/scale architect-api 6 because of load")
        await stage.shows("OP-2 · plan")

        stage.town.faults.switch("slack-no-people", True)
        clock.ahead = timedelta(minutes=5)
        refused = await stage.types("U0SAM", "/restart architect-api because it hangs")
        assert "Slack does not say who is in which group right now" in str(refused.body)
        assert not (await stage.types("U0SAM", "/incident declare P4 architect-api It is slow")).body
        await stage.shows("INC-1", INCIDENTS)
        taken = await stage.types("U0SAM", "/incident note incident=INC-1 People are away")
        assert "Slack does not say" not in str(taken.body)
        await stage.timeline("INC-1", "People are away")
        assert not (await stage.types("U0SAM", "/ops cancel OP-2")).body
        await stage.shows("OP-2 · cancelled")
        await stage.types("U0SAM", "/undo OP-1 because of the incident")
        await stage.confirms("U0SAM", await stage.shows("OP-3 · plan"))
        await stage.shows("OP-3 · ✅ Done")


async def test_after_an_hour_nobody_is_known_and_all_is_refused_with_that_reason(
    tmp_path: Path, clock: Clock
):
    async with staged(tmp_path, "http", clock) as stage:
        await stage.types("U0SAM", "/health architect-api")
        stage.town.faults.switch("slack-no-people", True)
        clock.ahead = timedelta(minutes=61)
        refused = await stage.types("U0SAM", "/incident declare P2 architect-api It is slow")
        assert "Slack has not said yet who you are" in str(refused.body)


async def test_who_was_known_before_a_start_is_known_after_it(tmp_path: Path, clock: Clock):
    async with staged(tmp_path, "http", clock) as stage:
        await stage.types("U0SAM", "/health architect-api")
        await stage.types("U0SAM", "/scale architect-api 5 because of load")
        await stage.shows("OP-1 · plan")
    clock.ahead = timedelta(minutes=20)
    away = FaultBoard({"slack-no-people"})
    async with staged(tmp_path, "http", clock, place={"faults": away}) as stage:
        assert not (await stage.types("U0SAM", "/incident declare P2 architect-api It is slow")).body
        await stage.shows("INC-1", INCIDENTS)
        refused = await stage.types("U0SAM", "/restart architect-api because it hangs")
        assert "Slack does not say who is in which group right now" in str(refused.body)
        stranger = await stage.types("U0BEN", "/incident declare P2 miyabi-api It is slow")
        assert "Slack has not said yet who you are" in str(stranger.body)


async def test_somebody_who_was_deactivated_is_noticed_when_they_next_ask(tmp_path: Path, clock: Clock):
    async with staged(tmp_path, "http", clock) as stage:
        await stage.types("U0SAM", "/scale architect-api 5 because of load")
        await stage.shows("OP-1 · plan")
        people = stage.slack.workspace.people
        people["U0SAM"] = replace(people["U0SAM"], is_deleted=True)
        clock.ahead = timedelta(minutes=16)
        refused = await stage.types("U0SAM", "/incident note incident=INC-1 hello")
        assert "Only full members" in str(refused.body)
