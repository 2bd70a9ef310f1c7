"""Tokens and scopes open what the manifest grants and nothing else; faults and records cover all methods."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from playground.slack import serve
from tests.playground.slack.conftest import CONFIG, MANIFEST, SCOPES, config, web_client
from tests.playground.slack.test_chat import refused


async def test_the_bot_token_is_the_bot(client):
    who = await client.auth_test()
    assert (who["user_id"], who["bot_id"], who["team_id"]) == ("UBOT", "BBOT", "T0MUSTER")


async def test_a_persons_token_acts_as_that_person(slack):
    alice = web_client(slack, "xoxp-alice")
    assert (await alice.auth_test())["user_id"] == "UALICE"
    await alice.chat_postMessage(channel="COPS", text="by hand")
    assert slack.workspace.messages("COPS")[0]["user"] == "UALICE"


async def test_unknown_missing_and_wrong_kinds_of_tokens_are_refused(slack):
    assert await refused(web_client(slack, "xoxb-other").auth_test()) == "invalid_auth"
    assert await refused(web_client(slack, "").auth_test()) == "not_authed"
    assert await refused(web_client(slack, CONFIG.app_token).auth_test()) == "not_allowed_token_type"
    assert await refused(web_client(slack).apps_connections_open(app_token="xapp-x")) == "invalid_auth"
    wrong = web_client(slack).apps_connections_open(app_token=CONFIG.bot_token)
    assert await refused(wrong) == "not_allowed_token_type"


async def test_a_method_outside_the_manifests_scopes_is_refused_with_the_scope_it_needs():
    scopes = [scope for scope in SCOPES.split() if scope != "usergroups:read"]
    manifest = {**MANIFEST, "oauth_config": {"scopes": {"bot": scopes}}}
    async with serve(config(manifest=manifest)) as slack:
        client = web_client(slack)
        await client.chat_postMessage(channel="COPS", text="x")
        with pytest.raises(SlackApiError) as error:
            await client.usergroups_list()
    answer = error.value.response
    assert (answer["error"], answer["needed"]) == ("missing_scope", "usergroups:read")
    assert set(answer["provided"].split(",")) == set(scopes)


async def test_a_method_slack_does_not_have_is_unknown(client):
    assert await refused(client.api_call("chat.shout")) == "unknown_method"


async def test_people_and_groups_are_as_seeded(client):
    alice = (await client.users_info(user="UALICE"))["user"]
    assert (alice["name"], "email" in alice["profile"]) == ("alice", False)
    assert [user["id"] for user in (await client.users_list())["members"]] == ["UALICE", "UBOB", "UBOT"]
    assert (await client.usergroups_list(include_users=True))["usergroups"][0]["users"] == ["UALICE"]
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["UALICE"]
    assert await refused(client.usergroups_users_list(usergroup="S9")) == "no_such_subteam"
    assert await refused(client.users_info(user="U9")) == "user_not_found"


async def test_every_second_call_is_limited_while_that_fault_is_on(slack, client):
    slack.workspace.config.faults.switch("slack-429", True)
    await client.auth_test()
    with pytest.raises(SlackApiError) as error:
        await client.auth_test()
    assert (error.value.response.status_code, error.value.response.headers["Retry-After"]) == (429, "1")
    slack.workspace.config.faults.switch("slack-429", False)
    await client.auth_test()
    await client.auth_test()


async def test_every_second_call_fails_while_that_fault_is_on(slack, client):
    slack.workspace.config.faults.switch("slack-5xx", True)
    await client.auth_test()
    with pytest.raises(SlackApiError) as error:
        await client.auth_test()
    assert error.value.response.status_code == 500


async def test_calls_are_recorded_without_tokens_and_with_their_outcome(slack, client):
    await client.users_info(user="UALICE")
    await refused(client.users_info(user="U9"))
    assert [(call.method, call.args, call.error) for call in slack.workspace.calls] == [
        ("users.info", {"user": "UALICE"}, ""),
        ("users.info", {"user": "U9"}, "user_not_found"),
    ]


async def test_a_form_with_a_token_in_it_and_json_inside_is_read(slack):
    form = {"token": CONFIG.bot_token, "channel": "COPS", "blocks": '[{"type":"divider"}]', "text": "x"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{slack.api_url}chat.postMessage", data=form) as answer,
    ):
        assert (await answer.json())["ok"]
    assert slack.workspace.messages("COPS")[0]["blocks"][0]["type"] == "divider"


@pytest.mark.parametrize(("body", "code"), [("{", "invalid_json"), ("[]", "json_not_object")])
async def test_a_broken_body_is_refused(slack, body, code):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {CONFIG.bot_token}"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{slack.api_url}auth.test", data=body, headers=headers) as answer,
    ):
        assert (await answer.json())["error"] == code
