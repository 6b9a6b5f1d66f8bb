"""What a person does in the page, step by step."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from infra.local.mailbox.reading import Mailbox
from tests.functional.people import PASSWORD, mailbox_of

READY_MS = 120_000


def fill_registration(page: Page, account: Mapping[str, Any]) -> None:
    """Asks for an account; the page waits for the code from the mail then."""
    page.goto("/register")
    page.get_by_label("Your name").fill(account["display_name"])
    page.get_by_label("Handle").fill(account["handle"])
    page.get_by_label("E-mail").fill(account["email"])
    page.get_by_label("Password", exact=True).fill(account["password"])
    page.get_by_test_id("register-form").get_by_role("button", name="Sign up").click()


def new_account(name: str) -> dict[str, str]:
    """What somebody signs up with, under a handle of their own."""
    handle = f"{name}_{secrets.token_hex(4)}"
    return {
        "display_name": name.title(),
        "handle": handle,
        "email": f"{handle}@example.com",
        "password": PASSWORD,
    }


def sign_up(page: Page, name: str) -> str:
    """Makes an account in the page, with the code from the mail; returns its handle."""
    account = new_account(name)
    fill_registration(page, account)
    expect(page.get_by_test_id("code-form")).to_be_visible()
    page.get_by_label("Code from the mail").fill(mailbox(page).code(account["email"]))
    page.get_by_test_id("code-form").get_by_role("button", name="Make my account").click()
    page.wait_for_url("**/studio")
    return account["handle"]


def mailbox(page: Page) -> Mailbox:
    """Where mail of the target that the page is on is read."""
    place = urlsplit(page.url)
    return mailbox_of(f"{place.scheme}://{place.netloc}")


def log_out(page: Page) -> None:
    """By the menu on top of the page."""
    page.get_by_test_id("account-menu").click()
    page.get_by_test_id("log-out").click()
    expect(page.get_by_test_id("nav-login")).to_be_visible()


def fill_login(page: Page, email: str, password: str) -> None:
    """Types an address and a password on the page that is open, and sends them."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_test_id("login-form").get_by_role("button", name="Log in").click()


def sign_in(page: Page, account: Mapping[str, Any]) -> None:
    """Signs in to an account that there is."""
    page.goto("/login")
    fill_login(page, account["email"], account["password"])
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


def add_passkey(page: Page, name: str) -> None:
    """On the security page, under a name of one's own."""
    page.goto("/settings/security")
    page.get_by_test_id("add-passkey").click()
    expect(page.get_by_test_id("name-passkey")).to_be_visible()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_test_id("save-passkey-name").click()
    expect(page.get_by_test_id("passkey")).to_contain_text(name)
