"""One browser for all tests of the page, and a fresh page and server for each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.playground.page.scene import workspace
from tests.playground.page.stub import Stub, serve_stub
from tests.waiting import HANGS_S

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=HANGS_S * 1000)


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="package")
async def stub() -> AsyncIterator[Stub]:
    async with serve_stub(workspace()) as stub:
        yield stub


async def listens(page: Page) -> None:
    """Wait until the page hears events; it is drawn before that, and what is told meanwhile is lost on it."""
    await page.locator(".connection.live").wait_for(state="attached")


@pytest_asyncio.fixture(loop_scope="package")
async def page(browser: Browser, stub: Stub) -> AsyncIterator[Page]:
    """The page, open as Mona; a script error or a refused file fails the test."""
    context = await browser.new_context(
        viewport={"width": 1280, "height": 800}, timezone_id="UTC", locale="en-US"
    )
    page = await context.new_page()
    page.set_default_timeout(HANGS_S * 1000)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"{error}\n{error.stack}"))
    page.on(
        "requestfailed", lambda request: wrong.append(request.url) if "/page/" not in request.url else None
    )
    await page.goto(f"{stub.url}/?user=UMONA")
    await listens(page)
    yield page
    await context.close()
    assert wrong == []


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def reader(browser: Browser) -> AsyncIterator[Page]:
    """A page shared by tests that only call the page's modules."""
    async with serve_stub(workspace()) as stub:
        context = await browser.new_context(timezone_id="UTC", locale="en-US")
        page = await context.new_page()
        await page.goto(f"{stub.url}/?user=UMONA")
        yield page
        await context.close()
