"""The lead of an incident is handed over: offered with how it stands, taken only by whom it is offered to."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Stage, everything, staged
from tests.end_to_end.test_incidents import declared, says


@pytest.fixture
async def stage(tmp_path: Path, transport: str) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, transport) as playing:
        yield playing


async def led(stage: Stage) -> str:
    """An incident on the Architect API that Ana leads, whose channel Ben is in; gives the channel."""
    room = await declared(stage, "P1 architect-api Nothing answers")
    await says(stage, "role ic me", room)
    await says(stage, "role scribe <@U0BEN>", room)
    await stage.timeline("INC-1", "Scribe")
    people = stage.slack.workspace.room(room).members
    await stage.slack.wait_for(lambda: "U0BEN" in people)
    return room


async def leads(stage: Stage) -> str:
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    assert found.ic is not None
    return found.ic.user


async def test_the_lead_is_taken_by_whom_it_is_offered_to_with_a_brief(stage: Stage):
    room = await led(stage)
    await says(stage, "update Identified A bad config next=30m", room)
    await says(stage, "task Call the bank", room)
    await says(stage, "handoff <@U0BEN> The vendor calls back at 14:00", room)
    offer = await stage.shows("offers you the lead of INC-1", room)
    shown = everything(offer)
    assert shown.startswith("🤝 <@U0BEN>: <@U0ANA> offers you the lead")
    for said in ("The vendor calls back at 14:00", "IDENTIFIED", "A bad config", "*Task 1* Call the bank"):
        assert said in shown, said
    assert await leads(stage) == "U0ANA"
    await stage.presses("U0BEN", offer, "line.ask.accept")
    taken = await stage.shows("<@U0BEN> took the lead of INC-1 over from <@U0ANA>", room)
    assert taken["ts"] == offer["ts"]
    assert await leads(stage) == "U0BEN"
    await stage.shows("<@U0BEN> leads INC-1 now, instead of <@U0ANA>", room)


async def test_nobody_else_takes_it_and_who_declines_leaves_it_where_it_is(stage: Stage):
    room = await led(stage)
    await says(stage, "handoff <@U0BEN>", room)
    offer = await stage.shows("offers you the lead of INC-1", room)
    await stage.presses("U0ANA", offer, "line.ask.accept")
    await stage.whispers("offered to <@U0BEN>, who alone can take it", "U0ANA")
    await stage.types("U0BEN", "/incident decline I am on a train", room)
    await stage.shows(
        "<@U0BEN> did not take the lead of INC-1; it stays with <@U0ANA>: I am on a train", room
    )
    told = await stage.shows("<@U0ANA>: <@U0BEN> did not take INC-1, you lead it", room)
    assert told["thread_ts"] == offer["ts"]
    assert await leads(stage) == "U0ANA"
    late = await stage.types("U0BEN", "/incident accept", room)
    assert "not offered to anybody now" in str(late.body)


async def test_the_right_to_change_comes_from_who_handed_it_over_and_from_nobody_s_own_press(stage: Stage):
    """Ana is an operator, Chi answers for another system: with the lead from Ana's hands Chi may mitigate."""
    room = await led(stage)
    await says(stage, "role comms <@U0CHI>", room)
    people = stage.slack.workspace.room(room).members
    await stage.slack.wait_for(lambda: "U0CHI" in people)
    refused = await stage.types("U0CHI", "/restart architect-api because stuck", room)
    assert "only changes that belong to it are made now" in str(refused.body)
    await says(stage, "handoff <@U0CHI>", room)
    await stage.presses("U0CHI", await stage.shows("offers you the lead", room), "line.ask.accept")
    await stage.shows("<@U0CHI> took the lead", room)
    await stage.types("U0CHI", "/restart architect-api because stuck", room)
    await stage.shows("OP-1 · plan", room)


async def test_asked_twice_it_is_one_message_and_another_lead_withdraws_it(stage: Stage):
    room = await led(stage)
    await says(stage, "handoff <@U0BEN>", room)
    first = await stage.shows("offers you the lead", room)
    await says(stage, "handoff <@U0BEN> It is late here", room)
    again = await stage.shows("It is late here", room)
    assert again["ts"] == first["ts"]
    await says(stage, "role ic <@U0SAM>", room)
    await stage.shows("is not offered to <@U0BEN> any more", room)


@pytest.mark.parametrize(
    ("user", "line", "said"),
    [
        ("U0ANA", "handoff <@U0ANA>", "leads INC-1 already"),
        ("U0BEN", "handoff <@U0BEN>", "<@U0ANA> leads INC-1, and hands it over themselves"),
        ("U0BEN", "accept", "not offered to anybody now"),
        ("U0ANA", "handoff ben", "is not a person"),
    ],
)
async def test_what_cannot_be_handed_over_is_refused_in_words(stage: Stage, user: str, line: str, said: str):
    room = await led(stage)
    refused = await stage.types(user, f"/incident {line}", room)
    assert said in str(refused.body)


async def test_where_nobody_leads_there_is_nothing_to_hand_over(stage: Stage):
    room = await declared(stage)
    refused = await stage.types("U0ANA", "/incident handoff <@U0BEN>", room)
    assert "Nobody leads INC-1" in str(refused.body)
