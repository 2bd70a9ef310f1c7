"""A Bolt app lives in the local Slack as it does in the real one, over both transports."""

from tests.playground.slack.conftest import bolt

BUTTON = {"type": "button", "action_id": "run", "value": "7", "text": {"type": "plain_text", "text": "Run"}}
ROW = [{"type": "actions", "block_id": "row", "elements": [BUTTON]}]


async def test_a_slash_command_reaches_the_app_and_its_ack_is_shown_to_the_user(slack, connect):
    app, heard = bolt(slack), []

    @app.command("/scale")
    async def scale(ack, command):
        heard.append(command)
        await ack("on it")

    async with connect(slack, app):
        ack = await slack.as_user("UALICE").slash("#ops", "/scale architect-api 6 @bob in #random")
    assert ack.ok
    assert heard[0]["text"] == "architect-api 6 <@UBOB|bob> in <#CRANDOM|random>"
    assert [shown["text"] for shown in slack.workspace.ephemerals("UALICE")] == ["on it"]


async def test_a_click_carries_the_message_and_its_answer_replaces_it(slack, connect):
    app, heard = bolt(slack), []

    @app.action("run")
    async def run(ack, body, respond):
        await ack()
        heard.append(body)
        await respond(text="done", replace_original=True)

    async with connect(slack, app):
        posted = await app.client.chat_postMessage(channel="COPS", text="plan", blocks=ROW)
        ack = await slack.as_user("UALICE").click("COPS", posted["ts"], "run")
        await slack.wait_for(lambda: slack.workspace.messages("COPS")[0]["text"] == "done")
    assert ack.ok
    assert heard[0]["actions"][0]["value"] == "7"
    assert heard[0]["message"]["ts"] == posted["ts"]


async def test_a_mention_reaches_the_app_and_is_answered_in_its_thread(slack, connect):
    app = bolt(slack)

    @app.event("app_mention")
    async def mention(event, say):
        await say(text="yes?", thread_ts=event["ts"])

    async with connect(slack, app):
        said = await slack.as_user("UALICE").say("COPS", "@muster help")
        reply = await slack.wait_for(lambda: slack.workspace.messages("COPS")[1:])
    assert said["text"] == "<@UBOT> help"
    assert reply[0]["thread_ts"] == said["ts"]
    assert slack.workspace.messages("COPS")[0]["reply_count"] == 1
