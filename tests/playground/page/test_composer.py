"""Typing: sending, completing, and never losing what was typed."""

import asyncio

import pytest
from playwright.async_api import Page, expect

from tests.playground.page.stub import Stub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]


async def test_enter_sends_and_empties_the_box(page: Page, stub: Stub):
    box = page.get_by_test_id("composer")
    await box.fill("on it")
    await box.press("Enter")
    await expect(box).to_have_value("")
    assert await stub.wait_for("send", 1) == [{"user": "UMONA", "channel": "COPS", "text": "on it"}]


async def test_shift_enter_makes_a_line(page: Page, stub: Stub):
    box = page.get_by_test_id("composer")
    await box.press_sequentially("one")
    await box.press("Shift+Enter")
    await box.press_sequentially("two")
    await page.get_by_test_id("send").click()
    await expect(box).to_have_value("")
    assert (await stub.wait_for("send", 1))[0]["text"] == "one\ntwo"


async def test_what_was_not_taken_stays_in_the_box_with_the_reason(page: Page, stub: Stub):
    stub.answers["send"] = {"ok": False, "error": "/scael is not a valid command."}
    box = page.get_by_test_id("composer")
    await box.fill("/scael architect-api 6")
    await box.press("Enter")
    await expect(page.get_by_test_id("composer-error")).to_contain_text("/scael is not a valid command.")
    await expect(box).to_have_value("/scael architect-api 6")
    await box.fill("/scale architect-api 6")
    await expect(page.get_by_test_id("composer-error")).to_be_hidden()


async def test_a_second_enter_while_sending_does_nothing(page: Page, stub: Stub):
    gate = stub.held["send"] = asyncio.Event()
    box = page.get_by_test_id("composer")
    await box.fill("/scale architect-api 6")
    await box.press("Enter")
    await expect(box).to_have_attribute("readonly", "")
    await box.press("Enter")
    gate.set()
    await expect(box).to_have_value("")
    assert len(stub.posts("send")) == 1


async def test_arrow_up_brings_back_what_was_sent(page: Page):
    box = page.get_by_test_id("composer")
    for text in ("first", "/scale architect-api 6"):
        await box.fill(text)
        await box.press("Enter")
        await expect(box).to_have_value("")
    await box.press("ArrowUp")
    await expect(box).to_have_value("/scale architect-api 6")
    await box.press("ArrowUp")
    await expect(box).to_have_value("first")
    await box.press("ArrowDown")
    await box.press("ArrowDown")
    await expect(box).to_have_value("")


async def test_slash_lists_commands_and_tab_picks_one(page: Page):
    box = page.get_by_test_id("composer")
    await box.press_sequentially("/r")
    options = page.locator("[role=option]")
    await expect(options.first).to_contain_text("/restart")
    await expect(options.first).to_contain_text("Replace what runs, one by one")
    await box.press("ArrowDown")
    await expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    await box.press("Tab")
    await expect(box).to_have_value("/rollback ")
    await expect(page.get_by_text("service [to revision]")).to_be_visible()


async def test_enter_picks_a_command_that_is_half_typed_and_sends_one_that_is_whole(page: Page, stub: Stub):
    box = page.get_by_test_id("composer")
    await box.press_sequentially("/inc")
    await box.press("Enter")
    await expect(box).to_have_value("/incident ")
    assert stub.posts("send") == []
    await box.fill("")
    await box.press_sequentially("/incident")
    await box.press("Enter")
    await expect(box).to_have_value("")
    assert (await stub.wait_for("send", 1))[0]["text"] == "/incident"


@pytest.mark.parametrize(
    ("typed", "picked"),
    [("hi @ken", "hi @kenji "), ("in #inc", "in #incidents "), ("ask @oper", "ask @operators ")],
)
async def test_people_channels_and_groups_are_completed(page: Page, typed: str, picked: str):
    box = page.get_by_test_id("composer")
    await box.press_sequentially(typed)
    await box.press("Enter")
    await expect(box).to_have_value(picked)


async def test_escape_closes_the_suggestions_and_keeps_the_text(page: Page):
    box = page.get_by_test_id("composer")
    await box.press_sequentially("/sc")
    await box.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await expect(box).to_have_value("/sc")


async def test_a_draft_waits_in_its_channel(page: Page):
    box = page.get_by_test_id("composer")
    await box.fill("half a thought")
    await page.get_by_test_id("channel-incidents").click()
    await expect(box).to_have_value("")
    await page.get_by_test_id("channel-ops").click()
    await expect(box).to_have_value("half a thought")


async def test_the_guide_fills_the_box_and_sends_nothing(page: Page, stub: Stub):
    for number, command in enumerate(
        [
            "/incident declare SEV2 miyabi-api Elevated 5xx",
            "/scale architect-api 6",
            "/rollback delivery-standard",
        ],
        1,
    ):
        await page.get_by_test_id(f"try-{number}").click()
        await expect(page.get_by_test_id("composer")).to_have_value(command)
    assert stub.posts("send") == []
