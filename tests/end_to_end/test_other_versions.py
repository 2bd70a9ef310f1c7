"""Forms and buttons that another version of Muster made: said, nothing done, nothing typed lost."""

import json
from urllib.parse import urlencode

import pytest

from bot.clock import utc_now
from model.events import Actor, Event
from model.ports.journal import Commit, Write
from tests.end_to_end.conftest import OPS, Stage
from tests.end_to_end.test_incidents import declared

PATH = "/slack/events"


def submission(view: dict, user: str = "U0ANA") -> str:
    payload = {
        "type": "view_submission",
        "team": {"id": "T0MUSTER"},
        "user": {"id": user, "team_id": "T0MUSTER"},
        "trigger_id": "1.2.form",
        "api_app_id": "A0MUSTER",
        "view": {"type": "modal", "state": {"values": {}}, "private_metadata": "", **view},
    }
    return urlencode({"payload": json.dumps(payload)})


def press(name: str, value: str = "OP-1") -> str:
    payload = {
        "type": "block_actions",
        "team": {"id": "T0MUSTER"},
        "user": {"id": "U0ANA", "team_id": "T0MUSTER"},
        "trigger_id": "1.2.press",
        "api_app_id": "A0MUSTER",
        "channel": {"id": OPS, "name": "ops"},
        "message": {"ts": "1.2"},
        "actions": [{"type": "button", "action_id": name, "value": value, "block_id": "b"}],
    }
    return urlencode({"payload": json.dumps(payload)})


def field(name: str, text: str) -> dict:
    return {name: {name: {"type": "plain_text_input", "value": text}}}


@pytest.mark.parametrize(
    "view",
    [
        {"callback_id": "form", "private_metadata": json.dumps({"command": "scale"})},
        {"callback_id": "form", "private_metadata": json.dumps({"command": "rescale", "channel": OPS})},
        {"callback_id": "form", "private_metadata": "INC-1"},
        {"callback_id": "form", "private_metadata": "[]"},
        {"callback_id": "scale_form", "private_metadata": ""},
        {"callback_id": "step", "private_metadata": "RB-1"},
        {"callback_id": "form", "private_metadata": json.dumps({"command": "scale", "channel": OPS})},
    ],
    ids=[
        "no-channel",
        "no-such-command",
        "no-json",
        "no-object",
        "no-such-form",
        "old-step",
        "no-such-field",
    ],
)
async def test_what_was_typed_into_a_form_of_another_version_comes_back(stage: Stage, view):
    values = field("service", "architect-api") | field("how_many", "six, as ben said")
    ack = await stage.slack.signed_request(PATH, submission({**view, "state": {"values": values}}))
    assert ack.status == 200
    assert ack.body["response_action"] == "update"
    shown = str(ack.body["view"])
    assert "another version of Muster" in shown
    assert "six, as ben said" in shown
    assert stage.slack.workspace.messages(OPS) == []


@pytest.mark.parametrize("name", ["op", "ops.run", "frobnicate.now", "."])
async def test_a_button_of_another_version_says_what_to_do(stage: Stage, name):
    ack = await stage.slack.signed_request(PATH, press(name))
    assert ack.status == 200
    await stage.whispers("another version of Muster", "U0ANA")
    assert stage.cloud_changes() == []


async def test_an_event_of_a_newer_version_is_told_and_nothing_is_written(stage: Stage):
    room = await declared(stage)
    journal = stage.muster.opened.journal
    merged = Write(stream="inc:INC-1", events=(Event(type="incident.merged", data={"into": "INC-7"}),))
    newer = Actor(team="T0MUSTER", user="U0ANA", via="slash")
    await journal.commit(Commit(at=utc_now(), who=newer, writes=(merged,)))
    before = len(await journal.read("inc:INC-1"))
    ack = await stage.types("U0ANA", "/incident update Identified Bad config", room)
    assert "A newer version of Muster wrote `incident.merged` into inc:INC-1" in str(ack.body)
    assert "Start the newer version again" in str(ack.body)
    assert "Identified Bad config" in str(ack.body)
    assert len(await journal.read("inc:INC-1")) == before
