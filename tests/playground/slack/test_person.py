"""A person at the keyboard can do what Slack's client lets them do, and no more."""

import asyncio
import copy

import aiohttp
import pytest

from playground.slack import User, serve
from playground.slack.errors import Refusal
from tests.playground.slack.conftest import CONFIG, MANIFEST, bolt, config, over_http, web_client
from tests.playground.slack.test_bolt import ROW
from tests.playground.slack.test_chat import METADATA, refused
from tests.playground.slack.test_checks import LINE, actions, button, field, modal, options, section
from tests.playground.slack.test_views import FORM, trigger


async def test_nobody_speaks_where_they_are_not_or_where_all_is_over(slack, client):
    alice = slack.as_user("UALICE")
    with pytest.raises(Refusal, match="not_in_channel"):
        await alice.say("GSECRET", "x")
    with pytest.raises(Refusal, match="thread_not_found"):
        await alice.say("COPS", "x", thread_ts="1.2")
    with pytest.raises(Refusal, match="channel_not_found"):
        await alice.join("GSECRET")
    await client.conversations_archive(channel="COPS")
    with pytest.raises(Refusal, match="is_archived"):
        await alice.say("COPS", "x")


async def test_only_what_is_there_can_be_clicked(slack, client):
    alice = slack.as_user("UALICE")
    posted = await client.chat_postMessage(channel="COPS", text="x", blocks=ROW)
    with pytest.raises(Refusal, match="message_not_found"):
        await alice.click("COPS", "1.2", "run")
    with pytest.raises(Refusal, match="no_such_action"):
        await alice.act("COPS", posted["ts"], {"action_id": "stop"})
    view = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
    with pytest.raises(Refusal, match="no_such_action"):
        await alice.click_in_view(view["id"], "nothing")
    with pytest.raises(Refusal, match="no_such_action"):
        await alice.act_in_view(view["id"], {"action_id": "nothing"})


async def test_another_persons_ephemeral_cannot_be_clicked(slack, client):
    shown = await client.chat_postEphemeral(channel="COPS", user="UBOB", text="x", blocks=ROW)
    with pytest.raises(Refusal, match="message_not_found"):
        await slack.as_user("UALICE").click("COPS", shown["message_ts"], "run")


async def test_an_overflow_menu_sends_the_chosen_option_and_no_state(slack, client):
    app, heard = bolt(slack), []

    @app.action("menu")
    async def menu(ack, body):
        heard.append(body)
        await ack()

    async with over_http(slack, app):
        more = {"type": "overflow", "action_id": "menu", "options": options(3)}
        first = await client.chat_postMessage(channel="COPS", text="one")
        blocks = [section(accessory=more)]
        posted = await client.chat_postMessage(channel="COPS", text="x", blocks=blocks, thread_ts=first["ts"])
        await slack.as_user("UALICE").click("COPS", posted["ts"], "menu", value="2")
    assert heard[0]["actions"][0]["selected_option"]["value"] == "2"
    assert heard[0]["state"]["values"] == {}
    assert heard[0]["container"]["thread_ts"] == first["ts"]


async def test_without_interactivity_in_the_manifest_nothing_is_clicked():
    manifest = copy.deepcopy(MANIFEST)
    manifest["settings"]["interactivity"]["is_enabled"] = False
    manifest["features"]["app_home"]["home_tab_enabled"] = False
    async with serve(config(manifest=manifest)) as slack:
        client = web_client(slack)
        posted = await client.chat_postMessage(channel="COPS", text="x", blocks=ROW)
        ack = await slack.as_user("UALICE").click("COPS", posted["ts"], "run")
        assert "not configured" in ack.error
        home = client.views_publish(user_id="UBOB", view={"type": "home", "blocks": ROW})
        assert await refused(home) == "not_enabled"


async def test_a_form_that_the_app_does_not_answer_stays_with_what_was_typed():
    async with serve(config(ack_timeout_s=0.2)) as slack:
        app = bolt(slack)

        @app.view("scale")
        async def never(ack):
            await asyncio.sleep(30)

        async with over_http(slack, app):
            client = web_client(slack)
            view = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
            ack = await slack.as_user("UALICE").submit(view["id"], {"service": "api"})
            click = await slack.as_user("UALICE").click_in_view(view["id"], "more")
        assert ack.error == "operation_timeout"
        assert not click.ok
        assert slack.workspace.failures[0].command == "scale"
        kept = slack.workspace.views("UALICE")[0]["state"]["values"]
        assert kept["service"]["service"]["value"] == "api"


async def test_text_outside_its_limits_is_refused_by_the_form_itself(slack, client):
    short = modal(blocks=[field({**LINE, "min_length": 2, "max_length": 4}, block_id="a")])
    view = (await client.views_open(trigger_id=trigger(slack), view=short))["view"]
    alice = slack.as_user("UALICE")
    assert (await alice.submit(view, {"a": "x"})).body["errors"] == {"a": "Enter 2 to 4 characters."}
    assert (await alice.submit(view, {"line": "xxxxx"})).error == "client_errors"


async def test_what_was_delivered_does_not_change_afterwards(slack, client):
    app = bolt(slack)

    @app.action("more")
    async def more(ack):
        await ack()

    async with over_http(slack, app):
        alice = slack.as_user("UALICE")
        view = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
        for words in ("one", "two"):
            typed = {"service": {"service": {"type": "plain_text_input", "value": words}}}
            await alice.act_in_view(view["id"], {"action_id": "more"}, typed)
    sent = [
        d.payload["view"]["state"]["values"]["service"]["service"]["value"]
        for d in slack.workspace.deliveries
    ]
    assert sent == ["one", "two"]


async def test_the_home_can_be_clicked_and_updated(slack, client):
    app = bolt(slack)

    @app.action("go")
    async def go(ack, body, client):
        await ack()
        view = {"type": "home", "blocks": [section()]}
        await client.views_update(view_id=body["view"]["id"], view=view)

    async with over_http(slack, app):
        home = {"type": "home", "blocks": [actions(button())]}
        first = (await client.views_publish(user_id="UALICE", view=home))["view"]
        await slack.as_user("UALICE").click_in_view(first["id"], "go")
        await slack.wait_for(lambda: slack.workspace.home("UALICE")["blocks"][0]["type"] == "section")
        stale = client.views_publish(user_id="UALICE", view=home, hash=first["hash"])
        assert await refused(stale) == "hash_conflict"
        again = (await client.views_publish(user_id="UALICE", view=home))["view"]
        assert again["id"] == first["id"]


async def test_a_stranger_of_a_shared_channel_comes_with_their_own_team():
    people = (*CONFIG.users, User("USTRANGER", "eve", team_id="T9OTHER"))
    async with serve(config(users=people)) as slack:
        slack.workspace.room("COPS").members.append("USTRANGER")
        eve = slack.as_user("USTRANGER")
        await eve.slash("COPS", "/raw x")
        assert slack.workspace.deliveries[0].payload["team_id"] == "T9OTHER"
        assert (await eve.say("COPS", "x"))["team"] == "T9OTHER"
        assert (await web_client(slack).users_info(user="USTRANGER"))["user"]["is_stranger"]


async def test_bad_content_in_an_ack_is_refused_and_the_user_is_told(slack):
    app = bolt(slack)

    @app.command("/raw")
    async def raw(ack, command):
        if command["text"] == "bad":
            await ack(text="x", blocks=[{"type": "section"}])
        else:
            await ack(response_type="in_channel", text="for all")

    async with over_http(slack, app):
        await slack.as_user("UALICE").slash("COPS", "/raw bad")
        await slack.as_user("UALICE").slash("COPS", "/raw good")
    assert slack.workspace.refused[0].method == "slash_ack"
    assert slack.workspace.failures[0].error == "invalid_blocks"
    assert [message["text"] for message in slack.workspace.messages("COPS")] == ["for all"]


async def test_metadata_stays_through_an_edit_until_it_is_taken_away(client):
    ts = (await client.chat_postMessage(channel="COPS", text="x", metadata=METADATA))["ts"]

    async def metadata():
        history = await client.conversations_history(channel="COPS", include_all_metadata=True)
        return history["messages"][0].get("metadata")

    await client.chat_update(channel="COPS", ts=ts, text="y")
    assert await metadata() == METADATA
    other = {**METADATA, "event_payload": {"id": "op-2"}}
    await client.api_call("chat.update", json={"channel": "COPS", "ts": ts, "metadata": other})
    assert await metadata() == other
    await client.api_call("chat.update", json={"channel": "COPS", "ts": ts, "text": "z", "metadata": {}})
    assert await metadata() is None
    nothing = client.api_call("chat.update", json={"channel": "COPS", "ts": ts})
    assert await refused(nothing) == "no_text"


async def test_a_socket_that_closes_before_its_ack_is_a_failed_command(slack):
    async with aiohttp.ClientSession() as http:
        answer = await web_client(slack).apps_connections_open(app_token=CONFIG.app_token)
        async with http.ws_connect(answer["url"]) as socket:
            await socket.receive_json()
            await socket.send_str("not json")
            await socket.send_str('{"envelope_id": "nobody waits for this"}')
            command = asyncio.create_task(slack.as_user("UALICE").slash("COPS", "/raw x"))
            envelope = await socket.receive_json()
            assert (envelope["type"], envelope["payload"]["command"]) == ("slash_commands", "/raw")
            await socket.close()
            assert (await command).error == "dispatch_failed"


async def test_a_socket_that_never_acknowledges_is_a_timeout():
    async with serve(config(ack_timeout_s=0.05)) as slack, aiohttp.ClientSession() as http:
        answer = await web_client(slack).apps_connections_open(app_token=CONFIG.app_token)
        async with http.ws_connect(answer["url"]) as socket:
            await socket.receive_json()
            assert (await slack.as_user("UALICE").slash("COPS", "/raw x")).error == "operation_timeout"


async def test_closing_a_form_that_asked_for_nothing_tells_nobody(slack, client):
    quiet = {**FORM, "notify_on_close": False}
    view = (await client.views_open(trigger_id=trigger(slack), view=quiet))["view"]
    assert await slack.as_user("UALICE").close(view) is None
    assert slack.workspace.deliveries == []
