"""A newcomer opens the page and does the main job by typing and clicking."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from playground.demo import demo
from playground.environment import Environment
from tests.waiting import HANGS_S

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=HANGS_S * 1000)
PICTURES = Path(__file__).parents[2] / "docs" / "images"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Environment]:
    async with demo(port=0, pace_s=0.4, data_dir=tmp_path) as (town, _):
        yield town
        assert town.slack.workspace.refused == []


@pytest.fixture
async def page(place: Environment) -> AsyncIterator[Page]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed; `python3 dev.py test` installs it as root on Debian")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 860}, timezone_id="UTC")
        page.set_default_timeout(HANGS_S * 1000)
        await page.goto(f"{place.slack.url}/?user=U0ANA#incidents")
        await page.get_by_test_id("composer").wait_for()
        yield page
        await browser.close()


async def send(page: Page, text: str) -> None:
    composer = page.get_by_test_id("composer")
    await composer.fill(text)
    await composer.press("Escape")
    await page.get_by_test_id("send").click()


async def picture(page: Page, request: pytest.FixtureRequest, name: str) -> None:
    if request.config.getoption("--keep-screenshots"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.wait_for_timeout(500)  # what moves into place is to be in place on the picture
        await page.screenshot(path=PICTURES / f"{name}.png")


def card(page: Page, words: str):
    return page.locator("#messages").get_by_test_id("message").filter(has_text=words).last


async def test_a_newcomer_declares_scales_and_rolls_back(page: Page, place: Environment, request):
    await send(page, "/incident declare SEV2 miyabi-api Elevated 5xx")
    await expect(card(page, "SEV2 Investigating: Elevated 5xx")).to_be_visible()
    await expect(page.get_by_test_id("channel-inc-1-miyabi-api-elevated-5xx")).to_be_visible()

    await send(page, "/scale architect-api 6")
    await expect(card(page, "OP-1 · plan")).to_contain_text("replicas 4 → 6")
    await picture(page, request, "plan")
    await card(page, "OP-1").locator('[data-action-id="op.run"]').click()
    await expect(card(page, "OP-1")).to_contain_text("of 6 running")
    await expect(card(page, "OP-1")).to_contain_text("✅ Done")

    await send(page, "/rollback delivery-standard")
    await expect(card(page, "OP-2 · plan")).to_contain_text("delivery-standard:42 → delivery-standard:41")
    await card(page, "OP-2").locator('[data-action-id="op.run"]').click()
    modal = page.get_by_test_id("modal")
    await modal.locator("input, textarea").first.fill("5xx since the deploy")
    await page.get_by_test_id("modal-submit").click()
    await expect(card(page, "OP-2")).to_contain_text("✅ Done")
    await picture(page, request, "done")
    services = place.aws.world.region("us-east-1").clusters["ioanyt-prod"].services
    assert services["delivery-standard"].primary.definition.arn.endswith(":41")

    await page.get_by_test_id("channel-inc-1-miyabi-api-elevated-5xx").click()
    await expect(card(page, "Incident commander")).to_contain_text("Elevated 5xx")
    await picture(page, request, "incident")


async def test_an_empty_command_opens_its_form_and_a_guest_is_refused(
    page: Page, place: Environment, request
):
    await send(page, "/incident declare")
    await expect(page.get_by_test_id("modal")).to_contain_text("Declare an incident")
    await picture(page, request, "form")
    await page.get_by_test_id("modal-close").click()
    await page.get_by_test_id("user-switch").select_option("U0GUS")
    await expect(page.get_by_test_id("composer")).to_be_visible()
    await send(page, "/scale architect-api 6")
    await expect(page.get_by_test_id("ephemeral").last).to_contain_text("Only full members")
    assert [call for call in place.kubernetes.calls if call.verb not in {"get", "list", "watch"}] == []
