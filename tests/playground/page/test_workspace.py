"""The workspace around the messages: channels, people, faults, the connection, the Home, small screens."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.playground.page.cards import button, modal, section
from tests.playground.page.scene import message, ts
from tests.playground.page.stub import Stub

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="package")]

INCIDENT = {
    "id": "CINC2",
    "name": "inc-2-architect",
    "topic": "SEV3",
    "members": ["UMONA", "UBOT"],
    "pins": [],
}


async def test_an_incident_channel_appears_and_is_unread_until_opened(page: Page, stub: Stub):
    stub.state["channels"].append({**INCIDENT, "messages": []})
    await stub.emit({"type": "channel", "channel": INCIDENT})
    await stub.say("CINC2", **message(ts(40), "UBOT", "Declared by <@UMONA>"))
    row = page.get_by_test_id("channel-inc-2-architect")
    await expect(row).to_have_accessible_name("inc-2-architect, 1 mentions")
    await row.click()
    await expect(page.get_by_test_id("channel-title")).to_have_text("inc-2-architect")
    await expect(row).to_have_accessible_name("inc-2-architect")
    await expect(page.get_by_test_id("topic")).to_have_text("SEV3")


async def test_another_person_sees_their_own_state_and_speaks_as_themselves(page: Page, stub: Stub):
    await page.get_by_test_id("user-switch").select_option("UINES")
    await expect(page.locator(".user-text")).to_contain_text("Inès Duarte")
    await expect(page.get_by_test_id("user-switch")).to_have_value("UINES")
    await page.get_by_test_id("composer").fill("hello")
    await page.get_by_test_id("composer").press("Enter")
    (sent,) = await stub.wait_for("send", 1)
    assert sent["user"] == "UINES"


async def test_the_switch_shows_who_people_are(page: Page):
    options = await page.get_by_test_id("user-switch").locator("option").all_inner_texts()
    assert options == [
        "Mona Adler — SRE, operator",
        "Kenji Sato — On call for miyabi-api",
        "Inès Duarte — Engineer",
        "Pat Okafor — Support, guest",
    ]


async def test_a_fault_is_switched_on_and_shown_to_be(page: Page, stub: Stub):
    fault = page.get_by_test_id("fault-deploy-fails")
    await expect(fault).to_have_attribute("aria-checked", "false")
    await fault.click()
    await expect(fault).to_have_attribute("aria-checked", "true")
    await expect(page.get_by_test_id("playground-toggle")).to_have_accessible_name("Playground, 2 faults on")
    assert await stub.wait_for("faults", 1) == [{"id": "deploy-fails", "on": True}]


async def test_a_lost_connection_is_shown_and_what_was_missed_is_caught_up(page: Page, stub: Stub):
    await expect(page.get_by_test_id("connection")).to_be_hidden()
    await page.context.set_offline(True)
    await stub.drop()
    await expect(page.get_by_test_id("connection")).to_contain_text("Connection lost")
    await page.get_by_test_id("composer").fill("kept")
    await page.get_by_test_id("composer").press("Enter")
    await expect(page.get_by_test_id("composer-error")).to_contain_text("cannot be reached")
    ops = next(c for c in stub.state["channels"] if c["id"] == "COPS")
    ops["messages"].append(message(ts(41), "UKENJI", "said meanwhile"))
    await page.context.set_offline(False)
    await expect(page.locator(f'[data-ts="{ts(41)}"]')).to_have_text("KSKenji Sato1:34 AMsaid meanwhile")
    await expect(page.get_by_test_id("connection")).to_be_hidden()
    await expect(page.get_by_test_id("composer")).to_have_value("kept")


async def test_the_home_of_the_app_is_asked_for_and_shown(page: Page, stub: Stub):
    await page.get_by_test_id("home").click()
    assert (await stub.wait_for("home", 1)) == [{"user": "UMONA"}]
    actions = {"type": "actions", "block_id": "a", "elements": [button("home.refresh", "Refresh")]}
    view = {"id": "VH", "hash": "1", "type": "home", "blocks": [section("*Open incidents* 1"), actions]}
    await stub.emit({"type": "home", "view": view}, "UMONA")
    await expect(page.get_by_test_id("home-view")).to_contain_text("Open incidents 1")
    await page.locator('[data-action-id="home.refresh"]').click()
    (sent,) = await stub.wait_for("action", 1)
    assert sent["view_id"] == "VH"
    await page.get_by_test_id("channel-ops").click()
    await expect(page.get_by_test_id("composer")).to_be_visible()


async def test_the_theme_follows_the_system_until_one_is_chosen(page: Page):
    root = page.locator("html")
    await page.emulate_media(color_scheme="dark")
    await expect(root).to_have_attribute("data-theme", "dark")
    await page.get_by_test_id("theme").click()
    await expect(root).to_have_attribute("data-theme", "light")
    await page.reload()
    await expect(root).to_have_attribute("data-theme", "light")


async def test_everything_one_can_press_or_fill_has_a_name(page: Page, stub: Stub):
    await page.get_by_test_id("thread-link").click()
    await stub.emit({"type": "view_opened", "view": modal()}, "UMONA")
    await page.get_by_test_id("modal").wait_for()
    nameless = await page.evaluate(
        """() => {
            const kinds = "button, input, select, textarea, summary, dialog, aside:not([hidden])";
            const titled = (n) => document.getElementById(n.getAttribute("aria-labelledby"));
            return [...document.querySelectorAll(kinds)]
                .filter((n) => !n.getAttribute("aria-label") && !n.textContent.trim())
                .filter((n) => !n.labels?.length && !titled(n))
                .map((n) => n.outerHTML);
        }"""
    )
    assert nameless == []


async def test_a_phone_has_a_drawer_and_targets_for_thumbs(browser: Browser, stub: Stub):
    context = await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    page = await context.new_page()
    await page.goto(f"{stub.url}/?user=UMONA")
    await page.get_by_test_id("composer").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390
    small = await page.evaluate(
        """() => [...document.querySelectorAll("button, select, summary")]
            .filter((n) => n.checkVisibility({visibilityProperty: true}))
            .filter((n) => n.getBoundingClientRect().height < 40).map((n) => n.outerHTML)"""
    )
    assert small == []
    await expect(page.get_by_test_id("channel-incidents")).not_to_be_in_viewport()
    await page.get_by_test_id("drawer").tap()
    await page.get_by_test_id("channel-incidents").tap()
    await expect(page.get_by_test_id("channel-title")).to_have_text("incidents")
    await expect(page.get_by_test_id("channel-incidents")).not_to_be_in_viewport()
    await page.get_by_test_id("playground-toggle").tap()
    await page.get_by_test_id("try-2").tap()
    await expect(page.get_by_test_id("composer")).to_have_value("/scale architect-api 6")
    await context.close()
