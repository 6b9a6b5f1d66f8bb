"""A browser, and pages in it that notice what a person would not see: errors and violations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from infra.local.supervisor import LocalTarget
from tests.e2e.browser import ARGUMENTS, chromium

WAIT_MS: Final = 60_000
DESKTOP: Final = ViewportSize(width=1280, height=800)
PICTURES: Final = Path(__file__).parents[2] / "test-results"
expect.set_options(timeout=WAIT_MS)


@pytest.fixture(scope="module")
def origin(target: LocalTarget) -> str:
    """Where the page is."""
    return target.origin


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Not for the session: while Playwright lives, its event loop does, and
    the tests that run a loop of their own in this process cannot.
    """
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        try:
            yield running
        finally:
            running.close()


@pytest.fixture
def context(browser: Browser, origin: str) -> Iterator[BrowserContext]:
    """A new visitor: no cookies, nothing stored."""
    visitor = browser.new_context(base_url=origin, viewport=DESKTOP)
    visitor.set_default_timeout(WAIT_MS)
    try:
        yield visitor
    finally:
        visitor.close()


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that must stay free of errors and of violations of its security policy.

    What it shows at the end is kept under `test-results/`.
    """
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
    opened.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            # An answer like 404 is logged too; what follows from it is the tests' matter.
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    yield opened
    PICTURES.mkdir(exist_ok=True)
    name = "".join(each if each.isalnum() else "-" for each in request.node.name)
    opened.screenshot(path=PICTURES / f"{name}.png")
    assert complaints == []
