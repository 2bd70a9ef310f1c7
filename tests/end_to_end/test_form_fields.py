"""A form asks for what the chosen service has, and keeps what was typed when another one is chosen."""

import json
from urllib.parse import urlencode

import pytest

from playground.slack.modals import set_state
from tests.end_to_end.conftest import INCIDENTS, Stage, everything


async def opened(stage: Stage, user: str = "U0ANA") -> dict:
    return (await stage.slack.wait_for(lambda: stage.slack.workspace.views(user) or None))[-1]


def fields_of(view: dict) -> list[str]:
    return [block["block_id"] for block in view["blocks"] if block["type"] == "input"]


@pytest.mark.parametrize(
    ("service", "has"),
    [
        ("architect-api", ["count", "min", "max"]),
        ("miyabi-api", ["reserved", "provisioned", "memory"]),
        ("architect-db", []),
        ("miyabi-db", ["class", "replicas"]),
    ],
)
async def test_scaling_asks_for_what_the_chosen_service_has(stage: Stage, service: str, has: list[str]):
    await stage.types("U0ANA", "/scale")
    view = await opened(stage)
    assert fields_of(view) == ["service", "because", "dry"]
    assert "what can be set of it follows" in everything(view)
    view = await stage.chooses("U0ANA", view, service)
    asked = [one for one in fields_of(view) if one not in {"service", "because", "dry"}]
    assert [one for one in asked if one in has] == has
    assert "rate" not in asked


async def test_what_was_typed_stays_when_another_service_is_chosen_and_is_sent(stage: Stage):
    await stage.types("U0ANA", "/scale")
    view = await stage.chooses("U0ANA", await opened(stage), "delivery-standard")
    types_in(stage, view, {"count": "6", "because": "a campaign"})
    view = await stage.chooses("U0ANA", view, "architect-api")
    assert "memory" not in fields_of(view)
    await stage.slack.as_user("U0ANA").submit(view, {})
    plan = everything(await stage.shows("OP-1 · plan"))
    assert "replicas 4 → 6" in plan
    assert "a campaign" in plan


async def test_in_an_incidents_channel_the_form_is_of_its_service_at_once(stage: Stage):
    await stage.types("U0ANA", "/incident declare SEV2 miyabi-api Slow", INCIDENTS)
    room = await stage.slack.wait_for(lambda: stage.channel("inc-1"))
    await stage.slack.wait_for(lambda: "U0ANA" in stage.slack.workspace.room(room).members or None)
    await stage.types("U0ANA", "/scale", room)
    await stage.whispers("What to scale to is missing", "U0ANA")


async def test_declaring_offers_the_severities_of_the_chosen_service(stage: Stage):
    await stage.types("U0ANA", "/incident declare")
    view = await opened(stage)
    assert len(offered(view)) > 5
    view = await stage.chooses("U0ANA", view, "architect-api")
    assert offered(view) == ["P1", "P2", "P3", "P4"]


async def test_a_guest_who_sends_anothers_choice_gets_no_form(stage: Stage):
    await stage.types("U0ANA", "/scale")
    view = await stage.chooses("U0ANA", await opened(stage), "architect-api")
    sent = next(
        one for one in reversed(stage.slack.workspace.deliveries) if "block_actions" in str(one.payload)
    )
    forged = {**sent.payload, "user": {"id": "U0GUS", "team_id": "T0MUSTER"}, "trigger_id": "1.2.forged"}
    await stage.slack.signed_request("/slack/events", urlencode({"payload": json.dumps(forged)}))
    await stage.settles()
    assert stage.slack.workspace.views("U0ANA")[-1]["hash"] == view["hash"]


def types_in(stage: Stage, view: dict, typed: dict[str, str]) -> None:
    """What somebody has typed so far, and not sent."""
    values = dict(view["state"]["values"])
    values |= {name: {name: {"type": "plain_text_input", "value": text}} for name, text in typed.items()}
    set_state(stage.slack.workspace, "U0ANA", view, values)


def offered(view: dict) -> list[str]:
    element = next(block["element"] for block in view["blocks"] if block["block_id"] == "severity")
    return [one["value"] for one in element["options"]]
