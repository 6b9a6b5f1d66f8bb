"""What a person does in the page, step by step."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.functional.people import PASSWORD

READY_MS = 120_000


def sign_up(page: Page, name: str) -> str:
    """Makes an account in the page; returns its handle."""
    handle = f"{name}_{secrets.token_hex(4)}"
    page.goto("/register")
    page.get_by_label("Your name").fill(name.title())
    page.get_by_label("Handle").fill(handle)
    page.get_by_label("E-mail").fill(f"{handle}@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_test_id("register-form").get_by_role("button").last.click()
    page.wait_for_url("**/studio")
    return handle


def sign_in(page: Page, account: Mapping[str, Any]) -> None:
    """Signs in to an account that there is."""
    page.goto("/login")
    page.get_by_label("E-mail").fill(account["email"])
    page.get_by_label("Password", exact=True).fill(account["password"])
    page.get_by_test_id("login-form").get_by_role("button").last.click()
    page.wait_for_url("**/studio")


def choose_video(page: Page, source: Path, *, title: str, visibility: str = "public") -> None:
    """Chooses a file in the studio, says what it is, and starts the upload."""
    page.get_by_test_id("file-input").first.set_input_files(source)
    page.get_by_label("Title").fill(title)
    page.get_by_test_id(f"visibility-{visibility}").check(force=True)
    page.get_by_test_id("start-upload").click()


def ready_row(page: Page) -> Locator:
    """The newest own video, once the list shows that it is ready."""
    row = page.get_by_test_id("video-row").first
    expect(row).to_have_attribute("data-status", "ready", timeout=READY_MS)
    return row


def played_seconds(page: Page) -> float:
    """How far the picture on the page has come."""
    return float(page.evaluate("document.querySelector('video')?.currentTime ?? 0"))


def wait_until_played(page: Page, seconds: float) -> None:
    """Until so much of the video has really been played."""
    page.wait_for_function(
        "wanted => (document.querySelector('video')?.currentTime ?? 0) > wanted", arg=seconds
    )
