"""Requests to the app are signed, timed, repeated and retried as Slack does it."""

import asyncio
import json
from contextlib import asynccontextmanager
from urllib.parse import parse_qs

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from playground.listening import listening
from playground.slack import serve
from playground.slack.errors import Refusal
from tests.playground.slack.conftest import CONFIG, bolt, config, over_http, over_socket, web_client
from tests.waiting import HANGS_S


@asynccontextmanager
async def raw_app(slack, answer):
    """An app that keeps the requests it got and answers as it is told."""
    got = []

    async def take(request):
        got.append((dict(request.headers), (await request.body()).decode()))
        return await answer(len(got)) if asyncio.iscoroutinefunction(answer) else answer(len(got))

    async with listening(
        Starlette(routes=[Route("/slack/events", take, methods=["POST"])]), "127.0.0.1", 0
    ) as url:
        slack.request_url = f"{url}/slack/events"
        yield got


def ok(_count) -> Response:
    return Response()


async def test_the_signature_holds_for_slacks_own_verifier(slack):
    async with raw_app(slack, ok) as got:
        await slack.as_user("UALICE").slash("COPS", "/raw status")
    ((headers, body),) = got
    assert SignatureVerifier(CONFIG.signing_secret).is_valid_request(body, headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)


async def test_a_slash_command_has_slacks_form(slack):
    async with raw_app(slack, ok) as got:
        await slack.as_user("UALICE").slash("COPS", "/raw  a & b <c>  ")
    form = {name: values[0] for name, values in parse_qs(got[0][1]).items()}
    assert form["command"] == "/raw"
    assert form["text"] == "a &amp; b &lt;c&gt;"
    assert (form["channel_id"], form["channel_name"]) == ("COPS", "ops")
    assert (form["user_id"], form["user_name"], form["team_id"]) == ("UALICE", "alice", "T0MUSTER")
    assert form["response_url"].startswith(slack.url)
    assert form["trigger_id"] in slack.workspace.triggers


async def test_a_slow_app_has_failed_after_the_time_slack_waits():
    async def slow(_count):
        await asyncio.sleep(30)

    async with serve(config(ack_timeout_s=0.05)) as slack, raw_app(slack, slow):
        ack = await slack.as_user("UALICE").slash("COPS", "/raw x")
        assert (ack.status, ack.error) == (0, "operation_timeout")
        assert slack.workspace.failures[0].error == "operation_timeout"


async def test_an_app_that_hangs_up_on_a_second_request_of_one_connection_gets_each_on_its_own(slack):
    """As every server does in the end with a connection that was idle, maybe as the next request comes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        slack.request_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        for _ in range(2):
            assert (await slack.as_user("UALICE").slash("COPS", "/raw x")).ok


async def test_an_app_that_answers_an_error_or_nothing_did_not_respond(slack):
    async with raw_app(slack, lambda _count: PlainTextResponse("no", 500)):
        ack = await slack.as_user("UALICE").slash("COPS", "/raw x")
    assert (ack.status, ack.error) == (500, "app_did_not_respond")
    assert (await slack.as_user("UALICE").slash("COPS", "/raw x")).error == "dispatch_failed"
    slack.request_url = None
    assert (await slack.as_user("UALICE").slash("COPS", "/raw x")).error == "dispatch_failed"


async def test_commands_slack_does_not_know_and_commands_in_threads_are_not_sent(slack):
    alice = slack.as_user("UALICE")
    async with raw_app(slack, ok) as got:
        assert "not a valid command" in (await alice.slash("COPS", "/nope x")).error
        said = await alice.say("COPS", "x")
        assert "not supported in threads" in (await alice.slash("COPS", "/raw x", said["ts"])).error
        with pytest.raises(Refusal, match="not_in_channel"):
            await alice.slash("GSECRET", "/raw x")
    assert [body for _, body in got if "command=" in body] == []


async def test_an_event_is_retried_three_times_with_its_number_and_one_id(slack):
    async with raw_app(slack, lambda _count: PlainTextResponse("no", 500)) as got:
        await slack.as_user("UALICE").say("CGENERAL", "hello")
        await slack.wait_for(lambda: len(slack.workspace.deliveries) == 4)
    assert [headers.get("x-slack-retry-num") for headers, _ in got] == [None, "1", "2", "3"]
    assert got[1][0]["x-slack-retry-reason"] == "http_error"
    assert len({json.loads(body)["event_id"] for _, body in got}) == 1


async def test_an_event_is_not_retried_when_the_app_says_so(slack):
    refuse = PlainTextResponse("no", 500, headers={"X-Slack-No-Retry": "1"})
    async with raw_app(slack, lambda _count: refuse) as got:
        await slack.as_user("UALICE").say("CGENERAL", "one")
        await slack.wait_for(lambda: len(got) == 1)
        await slack.as_user("UALICE").say("CGENERAL", "two")
        await slack.wait_for(lambda: len(got) == 2)
    assert [json.loads(body)["event"]["text"] for _, body in got] == ["one", "two"]


async def test_events_that_the_manifest_or_the_channel_hides_are_not_sent(slack):
    async with raw_app(slack, ok) as got:
        await slack.as_user("UALICE").say("CRANDOM", "@muster the bot is not here")
        await slack.as_user("UBOB").say("GSECRET", "nor here")
        await slack.as_user("UALICE").say("COPS", "here it is")
        await slack.wait_for(lambda: got)
    assert [json.loads(body)["event"]["channel"] for _, body in got] == ["COPS"]


async def test_joining_and_opening_the_home_are_heard(slack):
    async with raw_app(slack, ok) as got:
        await slack.as_user("UBOB").join("CGENERAL")
        await slack.as_user("UBOB").open_home()
        await slack.wait_for(lambda: len(got) == 2)
    assert {json.loads(body)["event"]["type"] for _, body in got} == {
        "member_joined_channel",
        "app_home_opened",
    }


async def test_duplicates_arrive_with_one_body_at_one_moment(slack):
    everyone = asyncio.Barrier(3)

    async def together(_count):
        async with asyncio.timeout(HANGS_S):
            await everyone.wait()
        return Response()

    async with raw_app(slack, together) as got:
        with slack.deliver(times=3):
            ack = await slack.as_user("UALICE").slash("COPS", "/raw x")
    assert ack.ok
    assert len(got) == 3
    assert len({body for _, body in got}) == 1


async def test_forged_and_stale_requests_can_be_made(slack):
    app = bolt(slack)
    body = "command=%2Fscale&text=x&team_id=T0MUSTER"
    async with over_http(slack, app):
        stale = int(slack.workspace.now().timestamp()) - 301
        assert (await slack.signed_request("/slack/events", body, timestamp=stale)).status == 401
        assert (await slack.signed_request("/slack/events", body, secret="forged")).status == 401
        assert (await slack.signed_request("/slack/events", body)).status == 404


async def test_a_socket_that_slack_closes_comes_back_and_delivers_again(slack):
    app, heard = bolt(slack), []

    @app.command("/raw")
    async def raw(ack, command):
        heard.append(command["text"])
        await ack()

    async with over_socket(slack, app):
        await slack.as_user("UALICE").slash("COPS", "/raw one")
        await slack.disconnect_sockets()
        await slack.wait_for(lambda: slack.socket_count == 0)
        await slack.wait_for(lambda: slack.socket_count)
        for _ in range(200):
            # The client may open two connections while it recovers and drop one of them again.
            if (await slack.as_user("UALICE").slash("COPS", "/raw two")).ok:
                break
            await asyncio.sleep(0.02)
    assert heard[0] == "one"
    assert heard[-1] == "two"


async def test_two_sockets_share_the_work_and_each_request_goes_to_one(slack):
    heard = []

    def listener(name):
        app = bolt(slack)

        @app.command("/raw")
        async def raw(ack):
            heard.append(name)
            await ack()

        return app

    async with over_socket(slack, listener("a")), over_socket(slack, listener("b")):
        await slack.wait_for(lambda: slack.socket_count == 2)
        for _ in range(4):
            await slack.as_user("UALICE").slash("COPS", "/raw x")
    assert sorted(heard) == ["a", "a", "b", "b"]


async def test_a_socket_without_a_ticket_is_refused(slack, client):
    url = (await client.apps_connections_open(app_token=CONFIG.app_token))["url"]
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(url)


async def test_waiting_for_what_never_comes_says_what_was_called(slack):
    await web_client(slack).auth_test()
    with pytest.raises(TimeoutError, match=r"auth\.test"):
        await slack.wait_for(lambda: False, timeout_s=0.01)


async def test_the_apps_request_url_passes_slacks_challenge(slack):
    async with over_http(slack, bolt(slack)):
        assert await slack.verify_url()
    async with raw_app(slack, ok):
        assert not await slack.verify_url()


async def test_waiting_for_a_channel_that_is_not_there_yet_is_no_error(slack, client):
    waiting = asyncio.create_task(slack.wait_for(lambda: slack.workspace.messages("inc-1")))
    room = (await client.conversations_create(name="inc-1"))["channel"]["id"]
    await client.chat_postMessage(channel=room, text="declared")
    assert (await waiting)[0]["text"] == "declared"
