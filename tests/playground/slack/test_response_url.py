"""response_url answers five times within thirty minutes, in the form the app asks for."""

import aiohttp
import pytest

from playground.slack import serve
from tests.playground.slack.conftest import bolt, config, over_http
from tests.playground.slack.test_bolt import ROW


async def reply(url, body) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.post(url, json=body) as answer:
        return answer.status, await answer.text()


@pytest.fixture
async def place(tick):
    """A workspace with a stopped clock, where /raw was typed; gives it and the response_url."""
    async with serve(config(now=tick)) as slack, over_http(slack, bolt(slack)):
        await slack.as_user("UALICE").slash("COPS", "/raw x")
        yield slack, slack.workspace.deliveries[0].payload["response_url"]


async def test_an_answer_is_ephemeral_unless_it_asks_for_the_channel(place):
    slack, url = place
    assert await reply(url, {"text": "for you"}) == (200, "ok")
    assert await reply(url, {"text": "for all", "response_type": "in_channel"}) == (200, "ok")
    assert [shown["text"] for shown in slack.workspace.ephemerals("UALICE")] == ["for you"]
    assert [shown["text"] for shown in slack.workspace.messages("COPS")] == ["for all"]


async def test_the_sixth_answer_is_too_many(place):
    _, url = place
    assert [(await reply(url, {"text": "x"}))[0] for _ in range(6)] == [200] * 5 + [404]


async def test_after_thirty_minutes_it_is_too_late(place, tick):
    _, url = place
    tick.forward(30 * 60)
    assert (await reply(url, {"text": "x"}))[0] == 200
    tick.forward(1)
    assert (await reply(url, {"text": "x"}))[0] == 404


async def test_bad_blocks_are_refused_there_too(place):
    slack, url = place
    assert "invalid_blocks" in (await reply(url, {"blocks": [{"type": "section"}]}))[1]
    assert slack.workspace.refused[0].method == "response_url"
    assert (await reply(url, []))[0] == 400


async def test_an_ephemeral_is_replaced_and_deleted_by_the_click_on_it(slack):
    app = bolt(slack)

    @app.command("/raw")
    async def raw(ack):
        await ack(text="sure?", blocks=ROW)

    @app.action("run")
    async def run(ack, body, respond):
        assert "message" not in body
        assert body["container"]["is_ephemeral"]
        await ack()
        await respond(text="running", blocks=ROW, replace_original=True)

    async with over_http(slack, app):
        alice = slack.as_user("UALICE")
        await alice.slash("COPS", "/raw x")
        (shown,) = slack.workspace.ephemerals("UALICE")
        await alice.click("COPS", shown["ts"], "run")
        (changed,) = await slack.wait_for(
            lambda: [m for m in slack.workspace.ephemerals("UALICE") if m["text"] == "running"]
        )
        assert changed["ts"] == shown["ts"]
        url = slack.workspace.deliveries[-1].payload["response_url"]
        await reply(url, {"delete_original": True})
        assert slack.workspace.ephemerals("UALICE") == []


async def test_a_message_is_deleted_by_the_click_on_it(slack, client):
    app = bolt(slack)

    @app.action("run")
    async def run(ack, respond):
        await ack()
        await respond(delete_original=True)

    async with over_http(slack, app):
        posted = await client.chat_postMessage(channel="COPS", text="x", blocks=ROW)
        await slack.as_user("UALICE").click("COPS", posted["ts"], "run")
        await slack.wait_for(lambda: not slack.workspace.messages("COPS"))
