"""What people say in Slack becomes an incident, or an entry of its timeline, by a shortcut on the message."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import OPS, Stage, everything, staged
from tests.end_to_end.test_incidents import declared


@pytest.fixture
async def stage(tmp_path: Path, transport: str) -> AsyncGenerator[Stage]:
    async with staged(tmp_path, transport) as playing:
        yield playing


async def said(stage: Stage, text: str, channel: str = OPS, user: str = "U0ANA") -> str:
    """Somebody says something; gives the message's ts."""
    await stage.slack.as_user(user).say(channel, text)
    return str(stage.slack.workspace.messages(channel)[-1]["ts"])


async def test_an_incident_is_declared_from_a_message(stage: Stage):
    ts = await said(
        stage, "Checkout <https://shop.example|fails> for all & nobody knows why, token=xoxb-12345678"
    )
    await stage.slack.as_user("U0ANA").shortcut("message.declare", OPS, ts)
    view = (await stage.slack.wait_for(lambda: stage.slack.workspace.views("U0ANA") or None))[-1]
    title = next(block for block in view["blocks"] if block["block_id"] == "title")
    assert title["element"]["initial_value"].startswith(
        "Checkout fails (https://shop.example) for all & nobody"
    )
    view = await stage.chooses("U0ANA", view, "miyabi-api")
    await stage.slack.as_user("U0ANA").submit(view, {"severity": "SEV2"})
    await stage.slack.wait_for(lambda: stage.channel("inc-1"))
    entry = await stage.timeline("INC-1", 'Declared from "Checkout')
    assert f"/archives/{OPS}/p" in entry.text
    assert "xoxb-" not in entry.text
    assert "<@U0ANA>" in entry.text


async def test_a_message_goes_into_the_timeline_of_its_channel_once(stage: Stage):
    room = await declared(stage)
    ts = await said(stage, "The pool is exhausted", room)
    ana = stage.slack.as_user("U0ANA")
    await ana.shortcut("message.note", room, ts)
    await stage.whispers("Noted", "U0ANA")
    entry = await stage.timeline("INC-1", '"The pool is exhausted" — <@U0ANA>')
    await ana.shortcut("message.note", room, ts)
    await stage.whispers(f"That message is entry {entry.number} of INC-1 already", "U0ANA")
    found = await stage.muster.incidents.get("INC-1")
    assert found is not None
    assert sum("The pool is exhausted" in one.text for one in found.timeline) == 1


async def test_elsewhere_one_of_several_incidents_is_pressed(stage: Stage):
    await declared(stage, "SEV2 miyabi-api Elevated 5xx")
    await declared(stage, "P1 architect-api Nothing answers")
    ts = await said(stage, "It began with the deploy of 14:02")
    await stage.slack.as_user("U0ANA").shortcut("message.note", OPS, ts)
    asked = await stage.whispers("There are 2 open incidents", "U0ANA")
    shown = everything(asked)
    assert "INC-1 · Elevated 5xx" in shown
    which = next(
        one["action_id"]
        for block in asked["blocks"]
        if block["type"] == "actions"
        for one in block["elements"]
        if one["text"]["text"].startswith("INC-1")
    )
    await stage.presses("U0ANA", {**asked, "channel": OPS}, which)
    await stage.timeline("INC-1", '"It began with the deploy of 14:02"')


async def test_what_a_message_holds_is_inert(stage: Stage):
    room = await declared(stage)
    ts = await said(
        stage, 'Look: "quoted" because at=99:99 incident=INC-7 &lt;!channel&gt; ' + "long " * 900, room
    )
    await stage.slack.as_user("U0ANA").shortcut("message.note", room, ts)
    entry = await stage.timeline("INC-1", "incident=INC-7")
    assert '"quoted"' in entry.text
    assert len(entry.text) < 1400


async def test_who_may_not_write_there_does_not_by_a_shortcut(stage: Stage):
    room = await declared(stage)
    stage.slack.workspace.room(room).members.append("U0GUS")
    ts = await said(stage, "I am only a guest", room, "U0GUS")
    await stage.slack.as_user("U0GUS").shortcut("message.note", room, ts)
    await stage.whispers("Only full members", "U0GUS")
    await stage.slack.as_user("U0GUS").shortcut("message.declare", room, ts)
    await stage.settles()
    assert stage.slack.workspace.views("U0GUS") == []
