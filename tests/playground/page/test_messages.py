"""Messages: live edits, actions, threads, and what only one person sees."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.playground.page.cards import PLAN, section
from tests.playground.page.scene import message, ts
from tests.playground.page.stub import Stub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


def run_button(page: Page):
    return page.locator('[data-action-id="op.run"]')


async def test_a_plan_card_shows_its_blocks(page: Page):
    card = page.locator(f'[data-ts="{ts(24)}"]')
    await expect(card.get_by_role("heading")).to_have_text("Scale architect-api from 2 to 6 pods")
    await expect(card).to_contain_text("⚠️ The autoscaler may bring it back")
    await expect(card.locator(".app-badge")).to_have_text("APP")
    await expect(card.locator(".mention-me")).to_have_text("@Mona Adler")
    await expect(card.locator(".field")).to_have_count(4)


async def test_a_press_sends_the_action_with_its_place(page: Page, stub: Stub):
    await run_button(page).click()
    await expect(run_button(page)).not_to_have_attribute("aria-busy", "true")
    sent = (await stub.wait_for("action", 1))[0]
    assert (sent["user"], sent["channel"], sent["message_ts"]) == ("UMONA", "COPS", ts(24))
    assert sent["action"]["type"] == "button"
    assert (sent["action"]["action_id"], sent["action"]["block_id"], sent["action"]["value"]) == (
        "op.run",
        "run",
        "OP-17",
    )
    assert sent["state"] == {"values": {}}


async def test_a_button_is_pending_until_the_answer_and_sends_once(page: Page, stub: Stub):
    gate = stub.held["action"] = asyncio.Event()
    await run_button(page).click()
    await expect(run_button(page)).to_have_attribute("aria-busy", "true")
    await expect(run_button(page)).to_be_focused()
    await run_button(page).press("Enter")
    gate.set()
    await expect(run_button(page)).not_to_have_attribute("aria-busy", "true")
    assert len(stub.posts("action")) == 1


async def test_an_action_that_failed_says_so_on_its_message(page: Page, stub: Stub):
    stub.answers["action"] = {"ok": False, "error": "operation_timeout"}
    await run_button(page).click()
    await expect(
        page.get_by_role("alert").filter(has_text="did not answer within three seconds")
    ).to_be_visible()


async def test_a_confirmation_must_be_given(page: Page, stub: Stub):
    stop = page.locator('#messages [data-action-id="op.stop"]')
    await stop.click()
    await expect(page.get_by_role("dialog", name="Stop this rollback?")).to_contain_text(
        "goes back to revision 42"
    )
    await page.get_by_test_id("confirm-deny").click()
    await stop.click()
    await page.keyboard.press("Escape")
    assert stub.posts("action") == []
    await stop.click()
    await page.get_by_test_id("confirm-ok").click()
    await expect(page.get_by_test_id("confirm")).to_have_count(0)
    await expect(stop).not_to_have_attribute("aria-busy", "true")
    assert (await stub.wait_for("action", 1))[0]["action"]["action_id"] == "op.stop"


async def test_menus_send_their_choice_and_the_state_of_the_message(page: Page, stub: Stub):
    await page.get_by_test_id("channel-inc-1-miyabi-elevated-5xx").click()
    await page.locator('[data-action-id="inc.status"]').select_option("monitoring")
    await page.locator('[data-action-id="inc.ic"]').select_option("UINES")
    first, second = await stub.wait_for("action", 2)
    assert first["action"]["selected_option"]["value"] == "monitoring"
    assert second["action"]["selected_user"] == "UINES"
    values = second["state"]["values"]
    block = next(iter(values.values()))
    assert block["inc.status"]["selected_option"]["value"] == "monitoring"
    assert block["inc.ic"] == {"type": "users_select", "selected_user": "UINES"}


async def test_overflow_items_are_actions(page: Page, stub: Stub):
    await page.locator('#messages [data-action-id="op.more"]').click()
    await page.get_by_role("menuitem", name="Copy as a command").click()
    await expect(page.get_by_role("menuitem").first).to_be_hidden()
    assert (await stub.wait_for("action", 1))[0]["action"]["selected_option"]["value"] == "copy"


async def test_an_edit_replaces_the_message_in_place_and_keeps_the_focus(page: Page, stub: Stub):
    await run_button(page).focus()
    blocks = [section("4 of 6 running", block_id="p"), *PLAN]
    await stub.say(
        "COPS", **message(ts(24), "UBOT", "Plan", blocks=blocks, edited={"user": "UBOT", "ts": ts(26)})
    )
    card = page.locator(f'[data-ts="{ts(24)}"]')
    await expect(card).to_contain_text("4 of 6 running")
    await expect(card.locator(".edited")).to_be_visible()
    await expect(run_button(page)).to_be_focused()


async def test_a_new_message_shows_and_a_deleted_one_goes(page: Page, stub: Stub):
    await stub.say("COPS", **message(ts(30), "UKENJI", "all *green* again"))
    shown = page.locator(f'[data-ts="{ts(30)}"]')
    await expect(shown.locator("strong")).to_have_text("green")
    await stub.emit({"type": "message_deleted", "channel": "COPS", "ts": ts(30)})
    await expect(shown).to_have_count(0)


async def test_what_is_only_visible_to_you_can_be_dismissed(page: Page):
    note = page.get_by_test_id("ephemeral")
    await expect(note).to_contain_text("Only visible to you")
    await note.get_by_test_id("dismiss").click()
    await expect(note).to_have_count(0)


async def test_a_failed_command_is_told_where_it_was_typed(page: Page, stub: Stub):
    await stub.emit(
        {
            "type": "command_failed",
            "channel": "COPS",
            "text": '/scale failed with the error "operation_timeout"',
        },
        "UMONA",
    )
    await expect(page.get_by_test_id("ephemeral").last).to_contain_text("operation_timeout")
    await expect(page.get_by_test_id("ephemeral").last).to_contain_text("Slackbot")


async def test_the_reply_count_opens_the_thread_and_replies_go_into_it(page: Page, stub: Stub):
    await page.get_by_test_id("thread-link").click()
    panel = page.get_by_test_id("thread-panel")
    await expect(panel.get_by_test_id("message")).to_have_count(3)
    await expect(panel).to_contain_text("2 replies")
    await page.get_by_test_id("thread-composer").fill("@muster status")
    await page.get_by_test_id("thread-composer").press("Enter")
    await expect(page.get_by_test_id("thread-composer")).to_have_value("")
    assert stub.posts("send") == [
        {"user": "UMONA", "channel": "COPS", "text": "@muster status", "thread_ts": ts(20)}
    ]
    await stub.say("COPS", **message(ts(31), "UBOT", "4 of 6 running", thread_ts=ts(20)))
    await expect(panel.get_by_test_id("message")).to_have_count(4)
    await expect(page.get_by_test_id("thread-link")).to_contain_text("3 replies")
    await expect(page.locator(f'#messages [data-ts="{ts(31)}"]')).to_have_count(0)


async def test_a_command_refused_in_a_thread_stays_in_its_box(page: Page, stub: Stub):
    stub.answers["send"] = {"ok": False, "error": "/scale is not supported in threads. Sorry!"}
    await page.get_by_test_id("thread-link").click()
    box = page.get_by_test_id("thread-composer")
    await box.fill("/scale architect-api 6")
    await box.press("Enter")
    await expect(page.get_by_test_id("thread-composer-error")).to_contain_text("not supported in threads")
    await expect(box).to_have_value("/scale architect-api 6")


async def test_nothing_that_a_bot_sends_becomes_markup(page: Page, stub: Stub):
    evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": evil}},
        section(evil),
        {"type": "markdown", "text": evil},
        {"type": "image", "image_url": "javascript:window.hit=1", "alt_text": evil},
        {
            "type": "actions",
            "block_id": "a",
            "elements": [
                {
                    "type": "button",
                    "action_id": 'x" onclick="window.hit=1',
                    "text": {"type": "plain_text", "text": evil},
                }
            ],
        },
    ]
    await stub.say(
        "COPS",
        **message(
            ts(32),
            "UBOT",
            evil,
            blocks=blocks,
            username=evil,
            attachments=[{"color": 'red" onload="x', "text": evil}],
        ),
    )
    card = page.locator(f'[data-ts="{ts(32)}"]')
    await expect(card).to_contain_text("onerror")
    assert await card.locator("img, script").count() == 0
    assert await page.evaluate("window.hit") is None


async def test_a_block_that_the_page_cannot_draw_is_named(page: Page, stub: Stub):
    await stub.say("COPS", **message(ts(33), "UBOT", "v", blocks=[{"type": "video", "block_id": "v"}]))
    await expect(page.locator(f'[data-ts="{ts(33)}"]')).to_contain_text("cannot show “video”")


async def test_pins_are_listed_and_open_from_the_header(page: Page, stub: Stub):
    await stub.emit(
        {
            "type": "channel",
            "channel": {"id": "COPS", "name": "ops", "topic": "t", "members": ["UMONA"], "pins": [ts(20)]},
        }
    )
    await page.get_by_test_id("pins-toggle").click()
    await expect(page.get_by_test_id("pins-panel")).to_contain_text("Rolling back")
    await expect(page.locator(f'#messages [data-ts="{ts(20)}"]')).to_contain_text("Pinned")


async def test_an_edit_is_told_to_screen_readers_once(page: Page, stub: Stub):
    for count in (3, 4, 5):
        text = f"{count} of 6 running"
        edited = {"user": "UBOT", "ts": ts(26, count)}
        await stub.say("COPS", **message(ts(24), "UBOT", text, blocks=PLAN, edited=edited))
    await expect(page.locator("#announcer")).to_have_text("5 of 6 running")
    await expect(page.locator(f'[data-ts="{ts(24)}"]')).to_have_attribute("aria-live", "off")
