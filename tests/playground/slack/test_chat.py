"""chat.*: who may post what, where, and what becomes of it."""

import pytest
from slack_sdk.errors import SlackApiError

from playground.slack import Pace, serve
from tests.playground.slack.conftest import config, web_client
from tests.playground.slack.test_checks import BAD, section

METADATA = {"event_type": "muster", "event_payload": {"id": "op-1"}}


async def refused(call) -> str:
    """Slack's error code for a call that must fail."""
    with pytest.raises(SlackApiError) as error:
        await call
    return error.value.response["error"]


async def test_a_message_comes_back_from_history_with_ids_given_to_its_blocks(slack, client):
    posted = await client.chat_postMessage(channel="COPS", text="hello", blocks=[section()])
    history = await client.conversations_history(channel="COPS")
    assert [message["ts"] for message in history["messages"]] == [posted["ts"]]
    assert history["messages"][0]["blocks"][0]["block_id"]
    assert history["messages"][0]["bot_id"] == "BBOT"
    assert slack.workspace.refused == []


async def test_metadata_is_returned_only_to_those_who_ask_for_it(client):
    await client.chat_postMessage(channel="COPS", text="hello", metadata=METADATA)
    plain = await client.conversations_history(channel="COPS")
    full = await client.conversations_history(channel="COPS", include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == METADATA


async def test_history_is_newest_first_in_pages_without_replies(client):
    first = await client.chat_postMessage(channel="COPS", text="one")
    await client.chat_postMessage(channel="COPS", text="in the thread", thread_ts=first["ts"])
    await client.chat_postMessage(channel="COPS", text="two")
    page = await client.conversations_history(channel="COPS", limit=1)
    rest = await client.conversations_history(channel="COPS", cursor=page["response_metadata"]["next_cursor"])
    assert [m["text"] for m in [*page["messages"], *rest["messages"]]] == ["two", "one"]
    assert page["has_more"]
    assert rest["messages"][0]["reply_count"] == 1
    thread = await client.conversations_replies(channel="COPS", ts=first["ts"])
    assert [m["text"] for m in thread["messages"]] == ["one", "in the thread"]


async def test_text_alone_takes_old_blocks_away_and_blocks_alone_keep_the_text(slack, client):
    ts = (await client.chat_postMessage(channel="COPS", text="old", blocks=[section()]))["ts"]
    await client.api_call("chat.update", json={"channel": "COPS", "ts": ts, "blocks": [section(), section()]})
    (message,) = slack.workspace.messages("COPS")
    assert (message["text"], len(message["blocks"]), "edited" in message) == ("old", 2, False)
    await client.chat_update(channel="COPS", ts=ts, text="new")
    (message,) = slack.workspace.messages("COPS")
    assert (message["text"], message["blocks"], message["edited"]["user"]) == ("new", [], "UBOT")


async def test_nobody_edits_or_deletes_what_another_posted(slack, client):
    said = await slack.as_user("UALICE").say("COPS", "mine")
    assert await refused(client.chat_update(channel="COPS", ts=said["ts"], text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(channel="COPS", ts=said["ts"])) == "cant_delete_message"
    assert await refused(client.chat_update(channel="COPS", ts="1.2", text="x")) == "message_not_found"


async def test_a_deleted_message_is_gone_with_its_pin(slack, client):
    ts = (await client.chat_postMessage(channel="COPS", text="x"))["ts"]
    await client.pins_add(channel="COPS", timestamp=ts)
    assert await refused(client.pins_add(channel="COPS", timestamp=ts)) == "already_pinned"
    assert (await client.pins_list(channel="COPS"))["items"][0]["message"]["ts"] == ts
    await client.chat_delete(channel="COPS", ts=ts)
    assert slack.workspace.messages("COPS") == []
    assert (await client.pins_list(channel="COPS"))["items"] == []


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"channel": "CNONE", "text": "x"}, "channel_not_found"),
        ({"channel": "GSECRET", "text": "x"}, "channel_not_found"),
        ({"channel": "CRANDOM", "text": "x"}, "not_in_channel"),
        ({"channel": "COPS", "text": ""}, "no_text"),
        ({"channel": "COPS", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "COPS", "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
        ({"channel": "COPS", "text": "x", "blocks": BAD["51 blocks"]}, "invalid_blocks"),
        ({"channel": "COPS", "text": "x", "blocks": "hello"}, "invalid_blocks_format"),
        ({"channel": "COPS", "text": "x", "metadata": {"event_type": 3}}, "invalid_metadata_format"),
        ({"channel": "COPS", "text": "x", "metadata": {"event_type": "a"}}, "invalid_metadata_schema"),
        ({"channel": "COPS", "text": "x", "username": "Someone"}, "missing_scope"),
    ],
)
async def test_a_bad_post_is_refused_with_slacks_own_code(client, args, code):
    assert await refused(client.api_call("chat.postMessage", json=args)) == code


async def test_a_refused_payload_is_kept_with_its_reasons(slack, client):
    await refused(client.chat_postMessage(channel="COPS", text="x", blocks=BAD["empty text"]))
    (kept,) = slack.workspace.refused
    assert kept.method == "chat.postMessage"
    assert kept.payload["blocks"] == BAD["empty text"]
    assert kept.why


async def test_nothing_is_posted_in_an_archived_channel(client):
    await client.conversations_archive(channel="COPS")
    assert await refused(client.chat_postMessage(channel="COPS", text="x")) == "is_archived"


async def test_an_ephemeral_is_seen_by_one_member_only(slack, client):
    await client.chat_postEphemeral(channel="COPS", user="UBOB", text="psst")
    assert [shown["text"] for shown in slack.workspace.ephemerals("UBOB")] == ["psst"]
    assert slack.workspace.ephemerals("UALICE") == []
    assert slack.workspace.messages("COPS") == []
    call = client.chat_postEphemeral(channel="CGENERAL", user="UBOB", text="psst")
    assert await refused(call) == "user_not_in_channel"


async def test_a_permalink_names_the_thread(client):
    first = await client.chat_postMessage(channel="COPS", text="one")
    reply = await client.chat_postMessage(channel="COPS", text="two", thread_ts=first["ts"])
    link = await client.chat_getPermalink(channel="COPS", message_ts=reply["ts"])
    assert link["permalink"].endswith(f"?thread_ts={first['ts']}&cid=COPS")


async def test_a_user_id_as_channel_is_the_direct_message(slack, client):
    posted = await client.chat_postMessage(channel="UBOB", text="hi")
    opened = await client.conversations_open(users="UBOB")
    assert posted["channel"] == opened["channel"]["id"]
    assert slack.workspace.messages(posted["channel"])[0]["text"] == "hi"


async def test_posting_faster_than_slack_allows_is_answered_with_retry_after(tick):
    async with serve(config(pace=Pace(posts_per_s=1, burst=2), now=tick)) as slack:
        client = web_client(slack)
        for _ in range(2):
            await client.chat_postMessage(channel="COPS", text="x")
        with pytest.raises(SlackApiError) as error:
            await client.chat_postMessage(channel="COPS", text="x")
        assert error.value.response.status_code == 429
        assert error.value.response.headers["Retry-After"] == "1"
        await client.chat_postMessage(channel="CGENERAL", text="another channel has its own limit")
        tick.forward(1)
        await client.chat_postMessage(channel="COPS", text="x")
