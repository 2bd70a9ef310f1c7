"""Modals and the App Home: triggers, stacks, what is typed, and what the app answers to it."""

import pytest
from slack_sdk.errors import SlackApiError
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from playground.listening import listening
from playground.slack import serve
from playground.slack.errors import Refusal
from tests.playground.slack.conftest import bolt, config, over_http, web_client
from tests.playground.slack.test_chat import refused
from tests.playground.slack.test_checks import (
    LINE,
    SELECT,
    actions,
    button,
    field,
    modal,
    options,
    section,
    text,
)

FORM = modal(
    callback_id="scale",
    notify_on_close=True,
    blocks=[
        field({**LINE, "action_id": "service"}, block_id="service"),
        field({**SELECT, "action_id": "size", "options": options(3)}, block_id="size", optional=True),
        actions(button(action_id="more")),
    ],
)


def trigger(slack, user="UALICE"):
    return slack.workspace.new_trigger(user)


async def test_a_trigger_opens_one_view_within_three_seconds(tick):
    async with serve(config(now=tick, trigger_life_s=3.0)) as slack:
        client, one, two = web_client(slack), trigger(slack), trigger(slack)
        opened = await client.views_open(trigger_id=one, view=FORM)
        assert slack.workspace.views("UALICE")[0]["id"] == opened["view"]["id"]
        assert await refused(client.views_open(trigger_id=one, view=FORM)) == "exchanged_trigger_id"
        tick.forward(3.1)
        assert await refused(client.views_open(trigger_id=two, view=FORM)) == "expired_trigger_id"
        assert await refused(client.views_open(trigger_id="1.2.x", view=FORM)) == "invalid_trigger_id"


async def test_a_bad_view_is_refused_with_its_reasons_and_keeps_the_trigger(slack, client):
    key = trigger(slack)
    with pytest.raises(SlackApiError) as error:
        await client.views_open(trigger_id=key, view=modal(title=text("x" * 25)))
    assert error.value.response["error"] == "invalid_arguments"
    assert "/view/title" in " ".join(error.value.response["response_metadata"]["messages"])
    assert slack.workspace.refused[0].method == "views.open"
    await client.views_open(trigger_id=key, view=FORM)


async def test_what_is_typed_reaches_the_app_and_closes_the_form(slack, client, connect):
    app, heard = bolt(slack), []

    @app.view("scale")
    async def submitted(ack, view):
        heard.append(view["state"]["values"])
        await ack()

    async with connect(slack, app):
        view = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
        ack = await slack.as_user("UALICE").submit(view, {"service": "architect-api", "size": "2"})
    assert ack.ok
    assert heard[0]["service"]["service"]["value"] == "architect-api"
    assert heard[0]["size"]["size"]["selected_option"]["value"] == "2"
    assert slack.workspace.views("UALICE") == []


async def test_errors_keep_the_form_open_with_what_was_typed(slack, client, connect):
    app = bolt(slack)

    @app.view("scale")
    async def submitted(ack):
        await ack(response_action="errors", errors={"service": "No such service"})

    events = []
    slack.workspace.listen(lambda event, only: events.append((event, only)))
    async with connect(slack, app):
        view = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
        await slack.as_user("UALICE").submit(view, {"service": "architekt"})
    (shown,) = slack.workspace.views("UALICE")
    assert shown["state"]["values"]["service"]["service"]["value"] == "architekt"
    wrong = {"type": "view_errors", "view_id": view["id"], "errors": {"service": "No such service"}}
    assert (wrong, "UALICE") in events
    assert slack.workspace.refused == []


@pytest.mark.parametrize(
    ("answer", "titles"),
    [
        ({"response_action": "update", "view": modal(title=text("Next"))}, ["Next"]),
        ({"response_action": "push", "view": modal(title=text("Top"))}, ["Scale", "Top"]),
        ({"response_action": "clear"}, []),
    ],
    ids=["update", "push", "clear"],
)
async def test_an_answer_to_a_form_changes_the_stack(slack, client, answer, titles):
    app = bolt(slack)

    @app.view("scale")
    async def submitted(ack):
        await ack(**answer)

    async with over_http(slack, app):
        view = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
        await slack.as_user("UALICE").submit(view, {"service": "x"})
    assert [shown["title"]["text"] for shown in slack.workspace.views("UALICE")] == titles


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "update", "view": modal(title=text("x" * 25))},
        {"response_action": "dance"},
    ],
    ids=["unknown block", "no errors", "bad view", "unknown action"],
)
async def test_an_answer_slack_would_not_take_is_recorded_as_refused(slack, client, answer):
    async def take(request):
        return JSONResponse(answer)

    async with listening(Starlette(routes=[Route("/", take, methods=["POST"])]), "127.0.0.1", 0) as url:
        slack.request_url = url
        view = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
        await slack.as_user("UALICE").submit(view, {"service": "x"})
    assert slack.workspace.refused[0].method == "view_submission"
    assert slack.workspace.views("UALICE") != []


async def test_a_required_field_left_empty_never_reaches_the_app(slack, client):
    view = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
    ack = await slack.as_user("UALICE").submit(view, {})
    assert (ack.error, list(ack.body["errors"])) == ("client_errors", ["service"])
    assert slack.workspace.deliveries == []


async def test_a_form_cannot_be_filled_with_what_it_does_not_offer(slack, client):
    view = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
    alice = slack.as_user("UALICE")
    with pytest.raises(KeyError, match="nowhere"):
        await alice.submit(view, {"nowhere": "x"})
    with pytest.raises(ValueError, match="does not offer"):
        await alice.submit(view, {"service": "x", "size": "99"})
    with pytest.raises(Refusal, match="not_found"):
        await slack.as_user("UBOB").submit(view, {"service": "x"})


async def test_closing_is_told_to_an_app_that_asked(slack, client, connect):
    app, heard = bolt(slack), []

    @app.view_closed("scale")
    async def closed(ack, body):
        heard.append(body["is_cleared"])
        await ack()

    async with connect(slack, app):
        view = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
        await slack.as_user("UALICE").close(view)
    assert heard == [False]
    assert slack.workspace.views("UALICE") == []


async def test_a_click_in_a_form_may_push_up_to_three_deep(slack, client):
    app = bolt(slack)

    @app.action("more")
    async def more(ack, body, client):
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=FORM)

    async with over_http(slack, app):
        alice = slack.as_user("UALICE")
        await client.views_open(trigger_id=trigger(slack), view=FORM)
        for depth in (2, 3):
            await alice.click_in_view(slack.workspace.views("UALICE")[-1]["id"], "more")
            await slack.wait_for(lambda depth=depth: len(slack.workspace.views("UALICE")) == depth)
        top = slack.workspace.views("UALICE")[-1]
        fresh = slack.workspace.new_trigger("UALICE", top["id"])
        assert await refused(client.views_push(trigger_id=fresh, view=FORM)) == "push_limit_reached"
        assert top["previous_view_id"] == slack.workspace.views("UALICE")[1]["id"]


async def test_an_update_keeps_what_was_typed_and_needs_the_current_hash(slack, client):
    app = bolt(slack)

    @app.action("more")
    async def more(ack):
        await ack()

    async with over_http(slack, app):
        view = (await client.views_open(trigger_id=trigger(slack), view=FORM))["view"]
        typed = {"service": {"service": {"type": "plain_text_input", "value": "half"}}}
        action = {"action_id": "more", "block_id": view["blocks"][2]["block_id"]}
        await slack.as_user("UALICE").act_in_view(view["id"], action, typed)
        fresh = (await client.views_update(view_id=view["id"], hash=view["hash"], view=FORM))["view"]
    assert fresh["state"]["values"]["service"]["service"]["value"] == "half"
    stale = client.views_update(view_id=view["id"], hash=view["hash"], view=FORM)
    assert await refused(stale) == "hash_conflict"
    assert await refused(client.views_update(view_id="V0", view=FORM)) == "not_found"


async def test_a_view_is_found_by_its_own_name_which_no_other_may_have(slack, client):
    named = {**FORM, "external_id": "scale-1"}
    await client.views_open(trigger_id=trigger(slack), view=named)
    await client.views_update(external_id="scale-1", view={**named, "title": text("Now")})
    assert slack.workspace.views("UALICE")[0]["title"]["text"] == "Now"
    again = client.views_open(trigger_id=trigger(slack), view=named)
    assert await refused(again) == "duplicate_external_id"


async def test_the_home_is_published_when_it_is_opened(slack, connect):
    app = bolt(slack)

    @app.event("app_home_opened")
    async def opened(event, client):
        view = {"type": "home", "blocks": [section(), actions(button())]}
        await client.views_publish(user_id=event["user"], view=view)

    async with connect(slack, app):
        await slack.as_user("UBOB").open_home()
        home = await slack.wait_for(lambda: slack.workspace.home("UBOB"))
    assert home["type"] == "home"
    assert slack.workspace.home("UALICE") is None


async def test_a_home_takes_no_modal_and_a_modal_no_home(slack, client):
    home = {"type": "home", "blocks": [section()]}
    assert await refused(client.views_publish(user_id="UBOB", view=FORM)) == "invalid_arguments"
    assert await refused(client.views_open(trigger_id=trigger(slack), view=home)) == "invalid_arguments"


async def test_a_shortcut_of_the_manifest_reaches_the_app(slack, connect):
    app, heard = bolt(slack), []

    @app.shortcut("declare")
    async def declare(ack, body, client):
        await ack()
        heard.append(body["type"])
        if body["type"] == "shortcut":
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async with connect(slack, app):
        alice = slack.as_user("UALICE")
        await alice.shortcut("declare")
        await slack.wait_for(lambda: slack.workspace.views("UALICE"))
        said = await alice.say("COPS", "the api is slow")
        await alice.shortcut("declare", "COPS", said["ts"])
        with pytest.raises(Refusal, match="no_such_shortcut"):
            await alice.shortcut("other")
    assert heard == ["shortcut", "message_action"]


async def test_a_select_in_a_message_sends_its_choice_in_the_action_and_the_state(slack, client, connect):
    app, heard = bolt(slack), []

    @app.action("pick")
    async def pick(ack, body):
        heard.append(body)
        await ack()

    async with connect(slack, app):
        row = {**actions({**SELECT, "options": options(3)}), "block_id": "row"}
        posted = await client.chat_postMessage(channel="COPS", text="x", attachments=[{"blocks": [row]}])
        await slack.as_user("UALICE").click("COPS", posted["ts"], "pick", value="1")
        with pytest.raises(ValueError, match="does not offer"):
            await slack.as_user("UALICE").click("COPS", posted["ts"], "pick", value="9")
        with pytest.raises(Refusal, match="no_such_action"):
            await slack.as_user("UALICE").click("COPS", posted["ts"], "other")
    assert heard[0]["actions"][0]["selected_option"]["value"] == "1"
    assert heard[0]["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "1"
    assert heard[0]["container"]["type"] == "message_attachment"
