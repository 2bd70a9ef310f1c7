"""axe-core finds nothing wrong with the page: on a desk and on a phone, light and dark, whatever is open."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from playground.environment import Environment
from tests.browser.test_demo import CHROMIUM, FLAGS, card, place, send

__all__ = ["place"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.xdist_group("browser")]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN = """async () => {
  await Promise.all(document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity)
    .map((one) => one.finished.catch(() => null)));
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  const told = (id, one) => `${id}: ${one.html} ${one.failureSummary}`;
  return violations.flatMap(({ id, nodes }) => nodes.map((one) => told(id, one)));
}"""
"""What is wrong, after whatever moves into place is there."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_nothing_is_wrong_with_whatever_is_open(place: Environment, width: int, scheme: str):
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed; `python3 dev.py test` installs it as root on Debian")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = await opened(browser, place, width, scheme)
        found = await looked_over(page, is_phone=width == 390)
        await browser.close()
    assert found == {}


async def opened(browser: Browser, place: Environment, width: int, scheme: str) -> Page:
    page = await browser.new_page(viewport={"width": width, "height": 860}, color_scheme=scheme)
    page.set_default_timeout(30_000)
    await page.goto(f"{place.slack.url}/?user=U0ANA#incidents")
    await page.get_by_test_id("composer").wait_for()
    await page.evaluate(AXE)
    return page


async def looked_over(page: Page, *, is_phone: bool) -> dict[str, list[str]]:
    """What axe finds, by what was open."""
    found = {"at the start": await page.evaluate(RUN)}
    await send(page, "/scale nosuch 6")
    await expect(page.get_by_test_id("ephemeral").last).to_contain_text("nosuch")
    await send(page, "/incident declare SEV2 miyabi-api Elevated 5xx")
    await expect(card(page, "SEV2 Investigating")).to_be_visible()
    await send(page, "/scale architect-api 6")
    await expect(card(page, "· plan · architect-api")).to_be_visible()
    await send(page, "/incident list")
    await expect(page.get_by_test_id("ephemeral").last).to_contain_text("Elevated 5xx")
    found["messages, a plan and a refusal"] = await page.evaluate(RUN)
    await page.get_by_test_id("composer").fill("/i")
    await page.locator("[role=option]").first.wait_for()
    found["suggestions"] = await page.evaluate(RUN)
    await page.get_by_test_id("composer").fill("")
    await send(page, "/incident declare")
    await page.get_by_test_id("modal").wait_for()
    found["a form"] = await page.evaluate(RUN)
    await page.get_by_test_id("modal-close").click()
    for panel in ("playground-toggle", "members-toggle"):
        found[panel] = await in_panel(page, panel)
    if is_phone:
        await page.get_by_test_id("drawer").click()
        found["the drawer"] = await page.evaluate(RUN)
    await page.get_by_test_id("channel-inc-1-miyabi-api-elevated-5xx").click()
    await expect(card(page, "Incident commander")).to_be_visible()
    found["an incident's channel"] = await page.evaluate(RUN)
    found["pins"] = await in_panel(page, "pins-toggle")
    if is_phone:
        await page.get_by_test_id("drawer").click()
    await page.get_by_test_id("home").click()
    await expect(page.get_by_test_id("home-view")).to_contain_text("Elevated 5xx")
    found["home"] = await page.evaluate(RUN)
    return {where: wrong for where, wrong in found.items() if wrong}


async def in_panel(page: Page, toggle: str) -> list[str]:
    if await page.get_by_test_id(toggle).get_attribute("aria-pressed") == "false":
        await page.get_by_test_id(toggle).click()
    await page.get_by_test_id("aside-close").wait_for()
    wrong = await page.evaluate(RUN)
    await page.get_by_test_id("aside-close").click()
    return wrong
