"""What creators and viewers do in the page while something is live."""

from __future__ import annotations

import re
from typing import Final

from playwright.sync_api import Locator, Page, expect

from tests.publisher import ingest_address

CHANNEL_MS: Final = 60_000
# Patience, not a bound: a full run has two targets with their encoders on one machine.
LIVE_MS: Final = 120_000
REPLAY_MS: Final = 120_000


def open_channel(page: Page) -> None:
    """The first visit: the channel is made, and its page shows how to stream to it."""
    page.goto("/studio/live")
    page.get_by_test_id("open-channel").click()
    expect(page.get_by_test_id("ingest")).to_be_visible(timeout=CHANNEL_MS)


def where_to_publish(page: Page) -> str:
    """The encoder's address, with the key that is shown when it is asked for."""
    key = page.get_by_test_id("stream-key")
    expect(key).to_have_attribute("data-shown", "false")
    page.get_by_test_id("show-key").click()
    expect(key).to_have_attribute("data-shown", "true")
    found = key.input_value()
    page.get_by_test_id("show-key").click()
    return ingest_address(page.get_by_test_id("ingest-url").input_value(), found)


def go_live(page: Page, title: str) -> None:
    """Fills the form; the page waits for the encoder then."""
    form = page.get_by_test_id("broadcast-form")
    form.get_by_label("Title").fill(title)
    form.get_by_test_id("go-live").click()
    expect(page.get_by_test_id("control-room")).to_have_attribute("data-state", "starting")


def wait_until_live(page: Page) -> None:
    room = page.get_by_test_id("control-room")
    expect(room).to_have_attribute("data-state", "live", timeout=LIVE_MS)


def end_stream(page: Page) -> None:
    page.get_by_test_id("end-broadcast").click()
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("control-room")).to_have_count(0, timeout=LIVE_MS)


def expect_moving_picture(page: Page) -> None:
    """The live player plays: time goes on in it."""
    player = page.get_by_test_id("live-player")
    expect(player).to_have_attribute("data-state", "playing", timeout=LIVE_MS)
    page.wait_for_function(
        """() => {
          const video = document.querySelector('[data-testid=live-player] video');
          window.seenAt ??= video.currentTime;
          return video.currentTime > window.seenAt + 1;
        }"""
    )


def say(page: Page, words: str) -> None:
    page.get_by_test_id("chat-input").fill(words)
    page.get_by_test_id("chat-send").click()


def message(page: Page, words: str) -> Locator:
    """The message with exactly these words, as this page shows it."""
    text = page.get_by_test_id("chat-text").filter(has_text=re.compile(f"^{re.escape(words)}$"))
    return page.get_by_test_id("chat-message").filter(has=text)


def moderate(page: Page, words: str, act: str) -> None:
    """Opens the menu of a message and takes the entry `act` (a test id)."""
    line = message(page, words)
    line.hover()
    line.get_by_test_id("moderate").click()
    page.get_by_test_id(act).click()


def expect_chat_open(page: Page) -> None:
    expect(page.get_by_test_id("chat")).to_have_attribute("data-status", "open")
