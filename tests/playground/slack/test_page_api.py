"""The page sees what its user may see, as it happens, and acts as that user."""

from contextlib import asynccontextmanager

import aiohttp
import pytest

from playground.slack import serve
from tests.playground.slack.conftest import bolt, config, over_http
from tests.playground.slack.test_bolt import ROW
from tests.playground.slack.test_views import FORM
from tests.waiting import HANGS_S


@asynccontextmanager
async def page(slack, user="UALICE"):
    """A page of this user: `ask(path, body)` and the events so far."""
    async with aiohttp.ClientSession(slack.url) as http, http.ws_connect(f"/page/ws?user={user}") as socket:

        async def ask(path, **body):
            async with http.post(f"/page/{path}", json={"user": user, **body}) as answer:
                return await answer.json()

        async def next_event(kind):
            for _ in range(50):
                event = await socket.receive_json(timeout=HANGS_S)
                if event["type"] == kind:
                    return event
            raise AssertionError(f"no {kind} among fifty events")

        yield ask, next_event


async def state(slack, user):
    async with aiohttp.ClientSession(slack.url) as http, http.get(f"/page/state?user={user}") as answer:
        return answer.status, await answer.json()


async def test_the_state_shows_what_this_user_may_see(slack, client):
    await client.chat_postMessage(channel="COPS", text="hello")
    await client.chat_postEphemeral(channel="COPS", user="UBOB", text="psst")
    _, alice = await state(slack, "UALICE")
    _, bob = await state(slack, "UBOB")
    ops = {room["id"]: room for room in bob["channels"]}["COPS"]
    assert [message["text"] for message in ops["messages"]] == ["hello", "psst"]
    assert ops["messages"][1]["ephemeral"]
    assert "GSECRET" not in [room["id"] for room in alice["channels"]]
    assert "GSECRET" in [room["id"] for room in bob["channels"]]
    assert alice["commands"][0]["usage_hint"] == "SERVICE N"
    assert {fault["id"] for fault in alice["faults"]} >= {"slack-429", "deploy-fails"}
    assert (await state(slack, "U9"))[0] == 404


async def test_messages_arrive_as_they_are_posted_changed_and_deleted(slack, client):
    async with page(slack) as (_, next_event):
        ts = (await client.chat_postMessage(channel="COPS", text="one"))["ts"]
        assert (await next_event("message"))["message"]["text"] == "one"
        await client.chat_update(channel="COPS", ts=ts, text="two")
        assert (await next_event("message"))["message"]["text"] == "two"
        await client.pins_add(channel="COPS", timestamp=ts)
        assert (await next_event("channel"))["channel"]["pins"] == [ts]
        await client.chat_delete(channel="COPS", ts=ts)
        assert (await next_event("message_deleted"))["ts"] == ts


async def test_what_is_for_one_user_is_not_sent_to_another(slack, client):
    async with page(slack, "UALICE") as (_, next_event):
        await client.chat_postEphemeral(channel="COPS", user="UBOB", text="for bob")
        await slack.as_user("UBOB").say("GSECRET", "in private")
        await client.chat_postMessage(channel="COPS", text="for all")
        assert (await next_event("message"))["message"]["text"] == "for all"


async def test_a_command_is_sent_and_a_failed_one_is_shown(slack):
    app = bolt(slack)

    @app.command("/scale")
    async def scale(ack):
        await ack("on it")

    async with page(slack) as (ask, next_event):
        assert await ask("send", channel="COPS", text="/scale x") == {"ok": False, "error": "dispatch_failed"}
        assert "dispatch_failed" in (await next_event("command_failed"))["text"]
        assert not (await ask("send", channel="COPS", text="/nope"))["ok"]
        async with over_http(slack, app):
            assert (await ask("send", channel="COPS", text="/scale x"))["ok"]
        assert (await next_event("message"))["message"]["text"] == "on it"
        assert not (await ask("send", channel="COPS", text=" "))["ok"]
        assert not (await ask("send", channel="GSECRET", text="hello"))["ok"]


async def test_a_form_is_opened_refused_and_taken(slack, client):
    app = bolt(slack)

    @app.action("run")
    async def run(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("scale")
    async def submitted(ack, view):
        value = view["state"]["values"]["service"]["service"]["value"]
        wrong = {"response_action": "errors", "errors": {"service": "No such service"}}
        await ack(**wrong) if value == "x" else await ack()

    async with page(slack) as (ask, next_event), over_http(slack, app):
        ts = (await client.chat_postMessage(channel="COPS", text="plan", blocks=ROW))["ts"]
        action = {"type": "button", "action_id": "run", "block_id": "row", "value": "7"}
        assert await ask("action", channel="COPS", message_ts=ts, action=action, state={"values": {}}) == {
            "ok": True
        }
        view = (await next_event("view_opened"))["view"]

        async def submit(words):
            field = {"type": "plain_text_input", "value": words}
            return await ask(
                "view_submit", view_id=view["id"], state={"values": {"service": {"service": field}}}
            )

        assert (await submit(""))["ok"]
        assert "required" in (await next_event("view_errors"))["errors"]["service"]
        assert (await submit("x"))["ok"]
        assert (await next_event("view_errors"))["errors"] == {"service": "No such service"}
        assert (await submit("architect-api"))["ok"]
        assert (await next_event("view_closed"))["view_id"] == view["id"]


async def test_the_home_and_shortcuts_and_closing_work_from_the_page(slack, client):
    app = bolt(slack)

    @app.event("app_home_opened")
    async def opened(event, client):
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": ROW})

    @app.shortcut("declare")
    async def declare(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view_closed("scale")
    async def closed(ack):
        await ack()

    async with page(slack) as (ask, next_event), over_http(slack, app):
        assert (await ask("home"))["ok"]
        assert (await next_event("home"))["view"]["type"] == "home"
        assert (await ask("shortcut", callback_id="declare"))["ok"]
        view = (await next_event("view_opened"))["view"]
        assert (await ask("view_close", view_id=view["id"]))["ok"]
        assert (await next_event("view_closed"))["view_id"] == view["id"]


async def test_a_fault_is_switched_for_everyone_who_looks(slack):
    async with page(slack) as (ask, next_event):
        answer = await ask("faults", id="slack-429", on=True)
        assert next(fault for fault in answer["faults"] if fault["id"] == "slack-429")["on"]
        assert (await next_event("faults"))["faults"] == answer["faults"]
        assert slack.workspace.config.faults.is_on("slack-429")
        assert not (await ask("faults", id="nope", on=True))["ok"]


@pytest.mark.parametrize("body", ["", "{", '{"user":"U9"}', '{"user":"UALICE"}'])
async def test_a_broken_request_of_the_page_is_answered_not_raised(slack, body):
    async with aiohttp.ClientSession(slack.url) as http, http.post("/page/send", data=body) as answer:
        assert not (await answer.json())["ok"]


async def test_two_servers_on_one_board_hear_each_others_switches():
    shared = config()
    async with serve(shared) as one, serve(config(faults=shared.faults)) as two, page(two) as (_, next_event):
        one.workspace.config.faults.switch("deploy-fails", True)
        assert next(f for f in (await next_event("faults"))["faults"] if f["id"] == "deploy-fails")["on"]
    assert shared.faults.listeners == []


async def test_a_page_of_another_site_cannot_act_or_listen(slack):
    foreign = {"Origin": "https://evil.example"}
    body = {"user": "UALICE", "channel": "COPS", "text": "hello", "id": "slack-429", "on": True}
    async with aiohttp.ClientSession(slack.url, headers=foreign) as http:
        for path in ("send", "faults"):
            async with http.post(f"/page/{path}", json=body) as answer:
                assert answer.status == 403
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect("/page/ws?user=UALICE")
    own = aiohttp.ClientSession(slack.url, headers={"Origin": slack.url})
    async with own as http, http.post("/page/send", json=body) as answer:
        assert (await answer.json())["ok"]
    assert len(slack.workspace.messages("COPS")) == 1


async def test_an_action_in_a_view_is_sent_from_the_page(slack, client):
    app, heard = bolt(slack), []

    @app.action("more")
    async def more(ack, body):
        heard.append(body["view"]["state"]["values"]["service"]["service"]["value"])
        await ack()

    async with page(slack) as (ask, _), over_http(slack, app):
        key = slack.workspace.new_trigger("UALICE")
        view = (await client.views_open(trigger_id=key, view=FORM))["view"]
        typed = {"values": {"service": {"service": {"type": "plain_text_input", "value": "api"}}}}
        assert (await ask("action", view_id=view["id"], action={"action_id": "more"}, state=typed))["ok"]
    assert heard == ["api"]
