"""What was no incident ends as that: told as cancelled or a false alarm, without a post-mortem."""

import pytest

from tests.end_to_end.conftest import INCIDENTS, Stage, everything
from tests.end_to_end.test_incidents import declared, says


@pytest.mark.parametrize(
    ("word", "status", "over"),
    [
        ("cancel", "Cancelled", "None, it was no incident"),
        ("false-alarm", "False alarm", "None, it was a false alarm"),
    ],
)
async def test_it_ends_as_what_it_was_and_the_pager_with_it(stage: Stage, word: str, status: str, over: str):
    room = await declared(stage)
    await says(stage, "role ic @ana", room)
    await stage.slack.wait_for(lambda: stage.town.pager.alerts or None)
    await says(stage, f"{word} The probe was wrong", room)
    told = await stage.shows(f"⚪ SEV2 {status}", room)
    assert "The probe was wrong" in everything(told)
    assert "Draft post-mortem" not in str(told["blocks"])
    await stage.shows(over, INCIDENTS)
    headline = await stage.slack.wait_for(lambda: headline_of(stage, room, f"*{status}*"))
    assert "incident.reopen" in headline
    alerts = stage.town.pager.alerts.values()
    await stage.slack.wait_for(lambda: all(one.status == "resolved" for one in alerts) or None)
    await says(stage, "update It goes on", room)
    await stage.whispers("INC-1 ", "U0ANA")


async def test_why_has_to_be_said_and_only_who_may_resolve_may(stage: Stage):
    room = await declared(stage)
    await says(stage, "cancel", room)
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
    assert "It was planned work" in everything(view)
    stage.slack.workspace.room(room).members.append("U0EVE")
    await stage.types("U0EVE", "/incident cancel I do not like it", room)
    await stage.whispers("You may not run `incident cancel`", "U0EVE")


async def test_it_can_be_reopened(stage: Stage):
    room = await declared(stage)
    await says(stage, "cancel Nothing", room)
    await stage.shows("⚪ SEV2 Cancelled", room)
    await says(stage, "reopen It was one after all", room)
    await stage.shows("🔴 SEV2 Investigating", room)


def headline_of(stage: Stage, room: str, words: str) -> str | None:
    return next((str(one) for one in stage.slack.workspace.messages(room) if words in everything(one)), None)
