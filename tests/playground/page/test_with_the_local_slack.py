"""The page on the local Slack that the demo runs, with a tiny app behind it."""

import io
import json
from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Browser, Page, expect
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.faults import FaultBoard
from playground.listening import listening
from playground.slack import Channel, Running, User, WorkspaceConfig, serve
from tests.playground.page.cards import Json, button, modal, section
from tests.waiting import HANGS_S, SLACK_WAITS_S

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

MANIFEST: Json = {
    "display_information": {"name": "Muster"},
    "features": {
        "app_home": {"home_tab_enabled": True},
        "bot_user": {"display_name": "muster"},
        "slash_commands": [
            {"command": "/scale", "description": "Change how many run", "usage_hint": "service count"},
            {"command": "/incident", "description": "Declare", "usage_hint": "title"},
        ],
    },
    "oauth_config": {
        "scopes": {"bot": ["app_mentions:read", "commands", "chat:write", "files:read", "files:write"]}
    },
    "settings": {
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {"bot_events": ["app_mention", "app_home_opened"]},
    },
}


class TinyApp:
    """Answers `/scale` with a plan, its button with an edit, `/incident` with a form."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client

    async def heard(self, request: Request) -> Response:
        if request.headers["content-type"] == "application/json":
            event = (await request.json())["event"]
            return Response(background=BackgroundTask(self.on_event, event))
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if "payload" in form:
            payload = json.loads(form["payload"])
            if payload["type"] == "view_submission":
                return self.on_submit(payload)
            return Response(background=BackgroundTask(self.on_press, payload))
        await self.on_command(form)
        return Response()

    async def on_event(self, event: Json) -> None:
        if event["type"] == "app_mention":
            text, thread = f"You said: {event['text']}", event.get("thread_ts", event["ts"])
            await self.client.chat_postMessage(channel=event["channel"], text=text, thread_ts=thread)
        else:
            home = {"type": "home", "blocks": [section("*Nothing is on fire*")]}
            await self.client.views_publish(user_id=event["user"], view=home)

    async def on_command(self, form: dict[str, str]) -> None:
        if form["command"] == "/incident":
            view = {key: value for key, value in modal().items() if key not in ("id", "hash")}
            await self.client.views_open(trigger_id=form["trigger_id"], view=view)
            return
        run = {"type": "actions", "elements": [button("op.run", "Run", style="primary")]}
        blocks = [section(f"Scale *{form['text']}*"), run]
        await self.client.chat_postMessage(channel=form["channel_id"], text="Plan", blocks=blocks)

    async def on_press(self, payload: Json) -> None:
        place = {"channel": payload["channel"]["id"], "ts": payload["message"]["ts"]}
        await self.client.chat_update(**place, text="Done", blocks=[section("6 of 6 running")])
        await self.client.chat_postEphemeral(
            channel=place["channel"], user=payload["user"]["id"], text="Only you see this"
        )

    def on_submit(self, payload: Json) -> Response:
        title = payload["view"]["state"]["values"]["title"]["value"]["value"]
        if title == "Taken already":
            errors = {"response_action": "errors", "errors": {"title": "This one is open."}}
            return Response(json.dumps(errors), media_type="application/json")
        return Response()


@pytest_asyncio.fixture(loop_scope="package")
async def slack() -> AsyncIterator[Running]:
    users = (User("UMONA", "mona", "Mona Adler", "Operator"), User("UPAT", "pat", "Pat Okafor", "Guest"))
    rooms = (Channel("COPS", "ops", ("UMONA", "UPAT", "UBOT")), Channel("CLAB", "lab", ("UPAT",)))
    config = WorkspaceConfig(users=users, channels=rooms, manifest=MANIFEST, faults=FaultBoard())
    config.ack_timeout_s = config.trigger_life_s = SLACK_WAITS_S
    async with serve(config) as running:
        app = TinyApp(AsyncWebClient(config.bot_token, base_url=running.api_url))
        routes = [Route("/slack/events", app.heard, methods=["POST"])]
        async with listening(Starlette(routes=routes), "127.0.0.1", 0) as url:
            running.request_url = f"{url}/slack/events"
            yield running


@pytest_asyncio.fixture(loop_scope="package")
async def open_page(browser: Browser, slack: Running) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    page = await context.new_page()
    page.set_default_timeout(HANGS_S * 1000)
    await page.goto(f"{slack.url}/?user=UMONA")
    await page.get_by_test_id("composer").wait_for()
    yield page
    await context.close()


async def test_a_command_becomes_a_plan_and_its_button_an_edit(open_page: Page, slack: Running):
    box = open_page.get_by_test_id("composer")
    await box.press_sequentially("/sc")
    await box.press("Tab")
    await box.press_sequentially("architect-api 6")
    await box.press("Enter")
    await expect(open_page.get_by_test_id("message").last).to_contain_text("Scale architect-api 6")
    await open_page.locator('[data-action-id="op.run"]').click()
    await expect(open_page.get_by_test_id("message").last).to_contain_text("6 of 6 running")
    await expect(open_page.get_by_test_id("ephemeral")).to_contain_text("Only you see this")
    assert slack.workspace.refused == []


async def test_an_empty_command_opens_a_form_whose_errors_come_back(open_page: Page):
    box = open_page.get_by_test_id("composer")
    await box.fill("/incident")
    await box.press("Enter")
    form = open_page.get_by_test_id("modal")
    await form.get_by_label("What is wrong").fill("Taken already")
    await form.get_by_test_id("modal-submit").click()
    await expect(form).to_contain_text("This one is open.")
    await expect(form.get_by_label("What is wrong")).to_have_value("Taken already")
    await form.get_by_label("What is wrong").fill("Elevated 5xx")
    await form.get_by_test_id("modal-submit").click()
    await expect(form).to_have_count(0)


async def test_an_open_form_survives_a_reload_of_the_page(open_page: Page):
    await open_page.get_by_test_id("composer").fill("/incident")
    await open_page.get_by_test_id("composer").press("Enter")
    await open_page.get_by_test_id("modal").wait_for()
    await open_page.reload()
    await expect(open_page.get_by_test_id("modal")).to_have_accessible_name("Declare an incident")


async def test_a_mention_is_answered_in_its_thread(open_page: Page):
    box = open_page.get_by_test_id("composer")
    await box.press_sequentially("@mus")
    await box.press("Enter")
    await box.press_sequentially("status")
    await box.press("Enter")
    await open_page.get_by_test_id("thread-link").click()
    replies = open_page.get_by_test_id("thread-panel").get_by_test_id("message")
    await expect(replies.last).to_contain_text("You said: @muster status")
    await open_page.get_by_test_id("thread-composer").fill("/scale x 1")
    await open_page.get_by_test_id("thread-composer").press("Enter")
    await expect(open_page.get_by_test_id("thread-composer-error")).to_contain_text(
        "not supported in threads"
    )


async def test_refusals_of_slack_leave_the_text_in_the_box(open_page: Page):
    box = open_page.get_by_test_id("composer")
    await box.fill("/scael architect-api 6")
    await box.press("Enter")
    await expect(open_page.get_by_test_id("composer-error")).to_contain_text("/scael is not a valid command")
    await open_page.get_by_test_id("channel-lab").click()
    await box.fill("hello?")
    await box.press("Enter")
    await expect(open_page.get_by_test_id("composer-error")).to_contain_text("You are not in this channel")
    await expect(box).to_have_value("hello?")


async def test_the_home_is_published_and_another_person_can_be_taken(open_page: Page):
    await open_page.get_by_test_id("home").click()
    await expect(open_page.get_by_test_id("home-view")).to_contain_text("Nothing is on fire")
    await open_page.get_by_test_id("user-switch").select_option("UPAT")
    await expect(open_page.locator(".user-text")).to_contain_text("Pat Okafor")
    await open_page.get_by_test_id("channel-lab").click()
    await open_page.get_by_test_id("composer").fill("mine")
    await open_page.get_by_test_id("composer").press("Enter")
    await expect(open_page.get_by_test_id("message").last).to_contain_text("mine")


async def test_a_fault_reaches_the_board(open_page: Page, slack: Running):
    await open_page.get_by_test_id("fault-slack-429").click()
    await expect(open_page.get_by_test_id("fault-slack-429")).to_have_attribute("aria-checked", "true")
    assert slack.workspace.config.faults.is_on("slack-429")


LOG = "".join(f"{number:02d}:00 ERROR timeout after 30 s in route /orders\n" for number in range(12))


def card(colour: str) -> bytes:
    """A picture of one colour, as wide as a chart."""
    out = io.BytesIO()
    Image.new("RGB", (1000, 540), colour).save(out, "PNG")
    return out.getvalue()


async def in_thread(slack: Running, client: AsyncWebClient, name: str, content: bytes, **more: str) -> Json:
    """A message whose thread holds this file; gives the reply."""
    parent = await client.chat_postMessage(channel="COPS", text="Here it is")
    await client.files_upload_v2(
        channel="COPS", filename=name, content=content, thread_ts=str(parent["ts"]), **more
    )
    return await slack.wait_for(
        lambda: next((m for m in slack.workspace.messages("COPS")[::-1] if m.get("files")), None)
    )


async def test_a_text_in_a_thread_is_folded_opened_and_saved(open_page: Page, slack: Running):
    client = AsyncWebClient(slack.workspace.config.bot_token, base_url=slack.api_url)
    await in_thread(slack, client, "app.log", LOG.encode(), title="Logs of architect-api")
    await open_page.get_by_test_id("thread-link").click()
    file = open_page.get_by_test_id("thread-panel").get_by_test_id("file")
    await expect(file).to_contain_text("Logs of architect-apiapp.log · 12 lines · 576 B")
    await expect(file.locator("pre")).to_contain_text("04:00 ERROR")
    await expect(file.locator("pre")).not_to_contain_text("05:00 ERROR")
    await file.get_by_role("button", name="Show all 12 lines").click()
    await expect(file.locator("pre")).to_contain_text("11:00 ERROR")
    async with open_page.expect_download() as saving:
        await file.get_by_role("link", name="Download app.log").click()
    saved = await saving.value
    assert saved.suggested_filename == "app.log"
    assert (await saved.path()).read_bytes() == LOG.encode()
    await file.get_by_role("button", name="Show less").click()
    await expect(file.locator("pre")).not_to_contain_text("11:00 ERROR")


async def test_a_picture_is_shown_with_its_description(open_page: Page, slack: Running):
    client = AsyncWebClient(slack.workspace.config.bot_token, base_url=slack.api_url)
    reply = await in_thread(slack, client, "cpu.png", card("white"), title="CPU", alt_txt="CPU rises to 91 %")
    id = reply["files"][0]["id"]
    block = {"type": "image", "alt_text": "CPU, last hour", "slack_file": {"id": id}}
    accessory = {**section("small"), "accessory": block}
    await client.chat_postMessage(channel="COPS", text="CPU", blocks=[block, accessory])
    await open_page.get_by_test_id("thread-link").click()
    wide = "image => image.complete && image.naturalWidth"
    for name, count in (("CPU rises to 91 %", 1), ("CPU, last hour", 2)):
        images = open_page.get_by_role("img", name=name)
        await expect(images).to_have_count(count)
        for image in await images.all():
            await image.scroll_into_view_if_needed()
            await expect(image).to_have_js_property("naturalWidth", 1000)
            assert await image.evaluate(wide) == 1000
    assert slack.workspace.refused == []
