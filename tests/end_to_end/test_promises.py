"""The next update is promised as the severity says, drafted when it is due, and put off by a press."""

import shutil
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.end_to_end.conftest import CATALOG, Stage, everything, staged
from tests.end_to_end.leaping import Clock
from tests.end_to_end.test_incidents import declared, says

DRAFT = "line.ask.send"
LATER = "line.ask.later"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def stage(tmp_path: Path, clock: Clock) -> AsyncGenerator[Stage]:
    """SEV2 of Miyabi promises an update every 30 minutes."""
    catalog = tmp_path / "catalog"
    shutil.copytree(CATALOG, catalog)
    file = catalog / "miyabi-web.yaml"
    text = file.read_text()
    assert "{id: SEV2," in text
    file.write_text(text.replace("{id: SEV2,", "{id: SEV2, update_every: 30m,"))
    async with staged(tmp_path, "http", clock, catalog=catalog) as playing:
        yield playing


async def promised(stage: Stage) -> timedelta | None:
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    if found.next_update_at is None or found.promised_at is None:
        return None
    return found.next_update_at - found.promised_at


async def test_the_first_update_is_promised_by_the_declaration_and_the_next_by_each(stage: Stage):
    room = await declared(stage)
    assert await promised(stage) == timedelta(minutes=30)
    await says(stage, "update Looking into it next=1h", room)
    await stage.timeline("INC-1", "Looking into it")
    assert await promised(stage) == timedelta(hours=1)
    await says(stage, "update Still looking", room)
    await stage.timeline("INC-1", "Still looking")
    assert await promised(stage) == timedelta(minutes=30)
    await says(stage, "update No need to wait next=none", room)
    await stage.timeline("INC-1", "No need to wait")
    assert await promised(stage) is None


async def test_five_minutes_before_an_update_is_drafted_of_what_happened_and_sent_by_a_press(
    stage: Stage, clock: Clock
):
    room = await declared(stage)
    await says(stage, "role ic @ana", room)
    await says(stage, "update Identified Bad config in the last deploy", room)
    await says(stage, "sev SEV2 again", room)
    await stage.changes("U0ANA", "/scale miyabi-api reserved=400 because the queue grows")
    await stage.timeline("INC-1", "OP-1 succeeded")
    clock.ahead += timedelta(minutes=26)
    due = await stage.shows("the next update is promised for", room)
    told = everything(due)
    assert "<@U0ANA>" in told
    assert "&gt;OP-1 succeeded: reserved concurrency" in told or ">OP-1 succeeded" in told
    await stage.presses("U0ANA", due, DRAFT)
    await stage.timeline("INC-1", "OP-1 succeeded: ")
    posted = await stage.slack.wait_for(lambda: updates(stage, room, "OP-1 succeeded"))
    assert "Identified" in posted
    await stage.presses("U0ANA", due, DRAFT)
    await stage.whispers("this draft is older", "U0ANA")


async def test_where_nothing_happened_the_draft_says_so(stage: Stage, clock: Clock):
    room = await declared(stage)
    clock.ahead += timedelta(minutes=26)
    due = everything(await stage.shows("the next update is promised for", room))
    assert "No change since" in due
    assert "still Investigating" in due


async def test_it_is_put_off_by_a_press_and_reminded_of_again(stage: Stage, clock: Clock):
    room = await declared(stage)
    clock.ahead += timedelta(minutes=26)
    due = await stage.shows("the next update is promised for", room)
    await stage.presses("U0ANA", due, LATER)
    await stage.whispers("the next update is promised for", "U0ANA")
    clock.ahead += timedelta(minutes=11)
    await stage.shows("the promised update is overdue", room)
    headline = await stage.shows("Incident commander", room)
    assert "overdue since" in everything(headline)


async def test_edit_opens_the_form_with_the_draft_in_it(stage: Stage, clock: Clock):
    room = await declared(stage)
    await says(stage, "sev SEV1 All regions", room)
    await says(stage, "promise 30m", room)
    clock.ahead += timedelta(minutes=26)
    due = await stage.shows("the next update is promised for", room)
    await stage.presses("U0ANA", due, "incident.update.draft")
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
    text = next(block["element"] for block in view["blocks"] if block.get("block_id") == "text")
    assert text["initial_value"] == "Severity SEV2 → SEV1: All regions."


async def test_a_promise_can_be_made_and_taken_back_by_a_word(stage: Stage):
    room = await declared(stage)
    await says(stage, "promise none", room)
    await stage.whispers("none is promised", "U0ANA")
    await says(stage, "promise 10d", room)
    await stage.whispers("out of range", "U0ANA")
    await says(stage, "resolve", room)
    await says(stage, "promise 10m", room)
    await stage.whispers("was resolved at", "U0ANA")


def updates(stage: Stage, room: str, words: str) -> str | None:
    """The short update in the channel that says these words."""
    for message in reversed(stage.slack.workspace.messages(room)):
        text = everything(message)
        if words in text and "SEV2 Identified" in text and "promised for" not in text:
            return text
    return None
