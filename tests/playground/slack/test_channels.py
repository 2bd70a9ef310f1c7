"""conversations.*: channels are made, changed and left alone as Slack does it."""

import pytest

from tests.playground.slack.conftest import web_client
from tests.playground.slack.test_chat import refused


async def test_a_new_channel_has_its_maker_inside_and_is_listed(client):
    made = (await client.conversations_create(name="inc-20260301-api"))["channel"]
    listed = await client.conversations_list()
    assert made["id"] in [room["id"] for room in listed["channels"]]
    assert (await client.conversations_members(channel=made["id"]))["members"] == ["UBOT"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ops", "name_taken"),
        ("Ops", "invalid_name_specials"),
        ("two words", "invalid_name_specials"),
        ("a.b", "invalid_name_specials"),
        ("x" * 81, "invalid_name_maxlength"),
        ("---", "invalid_name_punctuation"),
        ("", "invalid_name_required"),
    ],
)
async def test_a_channel_name_follows_slacks_rules(client, name, code):
    assert await refused(client.conversations_create(name=name)) == code


async def test_eighty_characters_are_a_name(client):
    assert (await client.conversations_create(name="x" * 80))["ok"]


async def test_inviting_tells_each_that_could_not_come(slack, client):
    room = (await client.conversations_create(name="inc-1"))["channel"]["id"]
    await client.conversations_invite(channel=room, users=["UALICE"])
    assert await refused(client.conversations_invite(channel=room, users="UALICE")) == "already_in_channel"
    assert await refused(client.conversations_invite(channel=room, users="UNONE")) == "user_not_found"
    assert await refused(client.conversations_invite(channel=room, users="UBOT")) == "cant_invite_self"
    partly = await client.conversations_invite(channel=room, users=["UALICE", "UBOB"], force=True)
    assert [error["error"] for error in partly["errors"]] == ["already_in_channel"]
    assert slack.workspace.room(room).members == ["UBOT", "UALICE", "UBOB"]


async def test_topic_and_purpose_are_kept_and_limited(client):
    await client.conversations_setTopic(channel="COPS", topic="SEV2")
    await client.conversations_setPurpose(channel="COPS", purpose="work")
    info = (await client.conversations_info(channel="COPS", include_num_members=True))["channel"]
    assert (info["topic"]["value"], info["purpose"]["value"], info["num_members"]) == ("SEV2", "work", 3)
    assert await refused(client.conversations_setTopic(channel="COPS", topic="x" * 251)) == "too_long"


async def test_private_channels_are_invisible_from_outside(client):
    assert await refused(client.conversations_info(channel="GSECRET")) == "channel_not_found"
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert "GSECRET" not in [room["id"] for room in listed["channels"]]


async def test_a_channel_is_joined_archived_and_brought_back(client):
    assert await refused(client.conversations_history(channel="CRANDOM")) == "not_in_channel"
    await client.conversations_join(channel="CRANDOM")
    assert (await client.conversations_join(channel="CRANDOM"))["warning"] == "already_in_channel"
    await client.conversations_archive(channel="CRANDOM")
    assert await refused(client.conversations_archive(channel="CRANDOM")) == "already_archived"
    assert await refused(client.conversations_join(channel="CRANDOM")) == "is_archived"
    await client.conversations_unarchive(channel="CRANDOM")
    assert await refused(client.conversations_unarchive(channel="CRANDOM")) == "not_archived"
    assert await refused(client.conversations_archive(channel="CGENERAL")) == "cant_archive_general"


async def test_only_the_maker_renames_a_channel(client):
    room = (await client.conversations_create(name="inc-1"))["channel"]["id"]
    assert (await client.conversations_rename(channel=room, name="inc-2"))["channel"]["name"] == "inc-2"
    assert await refused(client.conversations_rename(channel="COPS", name="inc-3")) == "not_authorized"


async def test_lists_come_in_pages(client):
    for number in range(3):
        await client.conversations_create(name=f"inc-{number}")
    names, cursor = [], ""
    for _ in range(10):
        page = await client.conversations_list(limit=2, cursor=cursor)
        names += [room["name"] for room in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert names == ["ops", "random", "general", "inc-0", "inc-1", "inc-2"]
    assert await refused(client.conversations_list(cursor="zzz")) == "invalid_cursor"


async def test_the_channels_of_a_user_are_those_it_is_in(client):
    found = await client.users_conversations(user="UBOB")
    assert [room["id"] for room in found["channels"]] == ["COPS"]


async def test_reactions_are_counted_by_person(slack, client):
    said = await slack.as_user("UALICE").say("COPS", "look")
    await client.reactions_add(channel="COPS", timestamp=said["ts"], name="eyes")
    twice = client.reactions_add(channel="COPS", timestamp=said["ts"], name="eyes")
    assert await refused(twice) == "already_reacted"
    await web_client(slack, "xoxp-alice").reactions_add(channel="COPS", timestamp=said["ts"], name="eyes")
    assert slack.workspace.messages("COPS")[0]["reactions"][0]["count"] == 2
    await client.reactions_remove(channel="COPS", timestamp=said["ts"], name="eyes")
    assert slack.workspace.messages("COPS")[0]["reactions"][0]["users"] == ["UALICE"]


async def test_a_bookmark_is_a_link(slack, client):
    made = await client.bookmarks_add(
        channel_id="COPS", title="Runbook", type="link", link="https://example.com"
    )
    assert slack.workspace.room("COPS").bookmarks == [made["bookmark"]]


async def test_direct_messages_are_opened_once_and_hold_up_to_eight(slack, client):
    one = await client.conversations_open(users=["UBOB"], return_im=True)
    assert (one["channel"]["is_im"], one["channel"]["user"]) == (True, "UBOB")
    again = await client.conversations_open(channel=one["channel"]["id"])
    assert again["already_open"]
    assert await refused(client.conversations_open(users=["UNONE"])) == "user_not_found"
    assert await refused(client.conversations_open(users=[f"U{n}" for n in range(9)])) == "too_many_users"
    assert await refused(client.conversations_open(users="")) == "users_list_not_supplied"
    wrong = client.conversations_open(channel="COPS")
    assert await refused(wrong) == "method_not_supported_for_channel_type"


@pytest.mark.parametrize(
    ("method", "args", "code"),
    [
        ("conversations.invite", {"channel": "COPS", "users": ""}, "no_user"),
        ("conversations.list", {"types": "everything"}, "invalid_types"),
        ("conversations.list", {"limit": "many"}, "invalid_arguments"),
        ("conversations.replies", {"channel": "COPS", "ts": "1.2"}, "thread_not_found"),
        ("conversations.setTopic", {"channel": "CRANDOM", "topic": "x"}, "not_in_channel"),
        ("conversations.info", {}, "channel_not_found"),
        ("pins.add", {"channel": "COPS", "timestamp": "1.2"}, "message_not_found"),
        ("pins.add", {"channel": "CRANDOM", "timestamp": "1.2"}, "not_in_channel"),
        ("reactions.remove", {"channel": "COPS", "timestamp": "TS", "name": "eyes"}, "no_reaction"),
        ("pins.remove", {"channel": "COPS", "timestamp": "TS"}, "no_pin"),
        ("bookmarks.add", {"channel_id": "COPS", "type": "file", "title": "x"}, "invalid_bookmark_type"),
        ("bookmarks.add", {"channel_id": "COPS", "type": "link", "title": "x"}, "invalid_link"),
        ("chat.getPermalink", {"channel": "COPS", "message_ts": "1.2"}, "message_not_found"),
        ("chat.update", {"channel": "COPS", "ts": "TS", "text": "x" * 4001}, "msg_too_long"),
        ("api.test", {"error": "my_error"}, "my_error"),
    ],
)
async def test_each_method_refuses_with_slacks_own_code(client, method, args, code):
    posted = await client.chat_postMessage(channel="COPS", text="x")
    params = {name: posted["ts"] if value == "TS" else value for name, value in args.items()}
    assert await refused(client.api_call(method, params=params)) == code


async def test_a_pin_is_taken_away_and_replies_are_not_answered_again(client):
    first = await client.chat_postMessage(channel="COPS", text="one")
    reply = await client.chat_postMessage(
        channel="COPS", text="two", thread_ts=first["ts"], reply_broadcast=True
    )
    await client.pins_add(channel="COPS", timestamp=first["ts"])
    pinned = (await client.conversations_history(channel="COPS", oldest=first["ts"], inclusive=True))[
        "messages"
    ]
    assert [message.get("pinned_to") for message in pinned] == [None, ["COPS"]]
    await client.pins_remove(channel="COPS", timestamp=first["ts"])
    assert (await client.pins_list(channel="COPS"))["items"] == []
    deeper = client.chat_postMessage(channel="COPS", text="x", thread_ts=reply["ts"])
    assert await refused(deeper) == "cannot_reply_to_message"
    later = await client.conversations_history(channel="COPS", latest=reply["ts"])
    assert [message["text"] for message in later["messages"]] == ["one"]
    assert (await client.api_test(foo="1"))["args"] == {"foo": "1"}
