"""Live in the page: going live, watching, chatting, being moderated, the replay with its chat.

The creator and a viewer sit at two browsers of their own; ffmpeg is the encoder. All of it runs
through the real parts: RTMP in, HLS out, the official chat client.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.live_steps import (
    LIVE_MS,
    REPLAY_MS,
    end_stream,
    expect_chat_open,
    expect_moving_picture,
    go_live,
    message,
    moderate,
    open_channel,
    say,
    wait_until_live,
    where_to_publish,
)
from tests.e2e.steps import sign_up, wait_until_played
from tests.publisher import hang_up, publishing

PHONE = ViewportSize(width=390, height=844)


@dataclass
class Viewer:
    """Somebody at another browser."""

    page: Page
    handle: str


@pytest.fixture
def viewer(browser: Browser, origin: str) -> Iterator[Viewer]:
    """Signed in, with nothing open yet."""
    elsewhere = browser.new_context(base_url=origin)
    try:
        page = elsewhere.new_page()
        yield Viewer(page, sign_up(page, "vera"))
    finally:
        elsewhere.close()


def test_a_stream_is_watched_talked_about_kept_clean_and_replayed(
    page: Page, viewer: Viewer
) -> None:
    creator = sign_up(page, "cora")
    open_channel(page)
    address = where_to_publish(page)
    go_live(page, "Painting the harbour")
    with publishing(address):
        wait_until_live(page)
        viewer.page.goto("/live")
        viewer.page.get_by_test_id("live-card").filter(has_text="Painting the harbour").click()
        viewer.page.wait_for_url(f"**/@{creator}/live")
        expect_moving_picture(viewer.page)
        expect(viewer.page.get_by_test_id("latency")).to_be_visible()
        expect(page.get_by_test_id("viewers-now")).to_have_text("1", timeout=LIVE_MS)

        _they_talk(page, viewer)
        _the_creator_keeps_order(page, viewer)
        _they_vote(page, viewer)
        end_stream(page)

    viewer.page.get_by_test_id("watch-replay").click(timeout=REPLAY_MS)
    # Until the page is there, the video element is still that of the stream.
    expect(viewer.page.get_by_test_id("watch-title")).to_be_visible(timeout=REPLAY_MS)
    expect(viewer.page.locator("video")).to_be_visible(timeout=REPLAY_MS)
    wait_until_played(viewer.page, 0.5)
    replayed = viewer.page.get_by_test_id("replay-chat")
    viewer.page.evaluate("document.querySelector('video').currentTime += 600")
    expect(replayed.get_by_text("Good evening!", exact=True)).to_be_visible(timeout=REPLAY_MS)
    expect(replayed.get_by_text("Buy my boats", exact=True)).to_have_count(0)
    page.get_by_test_id("analytics-link").first.click()
    expect(page.get_by_test_id("peak-viewers")).to_have_text("1")


def _they_talk(page: Page, viewer: Viewer) -> None:
    expect_chat_open(page)
    expect_chat_open(viewer.page)
    say(viewer.page, "Good evening!")
    expect(message(page, "Good evening!")).to_be_visible()
    say(page, "<b>Welcome</b> 🎈")
    shown = message(viewer.page, "<b>Welcome</b> 🎈")
    expect(shown).to_be_visible()
    expect(shown.locator("b")).to_have_count(0)
    viewer.page.get_by_test_id("chat-input").fill("🎈" * 501)
    expect(viewer.page.get_by_test_id("chat-count")).to_have_text("501 / 500")
    expect(viewer.page.get_by_test_id("chat-send")).to_be_disabled()


def _the_creator_keeps_order(page: Page, viewer: Viewer) -> None:
    say(viewer.page, "Buy my boats")
    expect(message(page, "Buy my boats")).to_be_visible()
    moderate(page, "Buy my boats", "delete-message")
    expect(message(viewer.page, "Buy my boats")).to_have_count(0)
    removed = viewer.page.locator("[data-testid=chat-message][data-removed=true]")
    expect(removed).to_have_count(1)

    moderate(page, "Good evening!", "time-out-10")
    refused = viewer.page.get_by_test_id("chat-refusal")
    expect(refused).to_contain_text("timed out for")
    page.get_by_test_id("undo").click()
    expect(refused).to_have_count(0)
    expect_chat_open(viewer.page)
    say(viewer.page, "I am back")
    expect(message(page, "I am back")).to_be_visible()

    moderate(page, "I am back", "ban")
    expect(refused).to_contain_text("banned")
    viewer.page.reload()
    expect(refused).to_contain_text("banned")
    page.get_by_test_id("chat-moderation").click()
    page.get_by_test_id("lift-ban").click()
    page.get_by_test_id("tab-audit").click()
    acts = page.get_by_test_id("audit-entry")
    expect(acts.and_(page.locator("[data-act=banned]"))).to_have_count(1)
    expect(acts.and_(page.locator("[data-act=message_deleted]"))).to_have_count(1)
    page.keyboard.press("Escape")
    viewer.page.reload()
    expect_chat_open(viewer.page)


def _they_vote(page: Page, viewer: Viewer) -> None:
    page.get_by_test_id("chat-poll").click()
    page.get_by_test_id("poll-question").fill("What next?")
    for place, answer in enumerate(("The lighthouse", "More boats")):
        page.get_by_test_id("poll-answer").nth(place).fill(answer)
    page.get_by_test_id("open-poll").click()
    choices = viewer.page.get_by_test_id("poll-option")
    choices.filter(has_text="More boats").click()
    theirs = page.get_by_test_id("poll-option").filter(has_text="More boats")
    expect(theirs).to_have_attribute("data-votes", "1")
    page.get_by_test_id("close-poll").click()
    expect(viewer.page.get_by_test_id("poll")).to_have_attribute("data-state", "closed")


def test_a_stream_that_breaks_off_goes_on_by_itself(page: Page, viewer: Viewer) -> None:
    creator = sign_up(page, "dana")
    open_channel(page)
    address = where_to_publish(page)
    go_live(page, "On a bad line")
    viewer.page.goto(f"/@{creator}/live")
    place = viewer.page.get_by_test_id("live-page")
    expect(place).to_have_attribute("data-phase", "starting")
    with publishing(address) as encoder:
        expect_moving_picture(viewer.page)
        hang_up(encoder)
        expect(place).to_have_attribute("data-phase", "interrupted", timeout=LIVE_MS)
    with publishing(address):
        expect(place).to_have_attribute("data-phase", "live", timeout=LIVE_MS)
        viewer.page.evaluate("delete window.seenAt")
        expect_moving_picture(viewer.page)
        wait_until_live(page)
        end_stream(page)
    expect(place).to_have_attribute("data-phase", "ended", timeout=LIVE_MS)
    viewer.page.get_by_test_id("watch-replay").click(timeout=REPLAY_MS)
    viewer.page.wait_for_url("**/watch/**")
    expect(viewer.page.get_by_test_id("chapter")).to_have_count(2, timeout=REPLAY_MS)


def test_a_new_key_takes_the_place_of_the_old_one(page: Page) -> None:
    sign_up(page, "ella")
    open_channel(page)
    before = where_to_publish(page)

    page.get_by_test_id("rotate-key").click()
    page.get_by_test_id("confirm").click()
    expect(page.get_by_test_id("show-key")).to_be_disabled()
    expect(page.get_by_test_id("show-key")).to_be_enabled()

    assert where_to_publish(page) != before
    with publishing(before) as encoder:
        assert encoder.wait(30) != 0


def test_a_visitor_reads_along_and_is_asked_to_log_in(page: Page, viewer: Viewer) -> None:
    open_channel(viewer.page)
    page.set_viewport_size(PHONE)
    page.goto(f"/@{viewer.handle}/live")

    expect(page.get_by_test_id("live-note")).to_contain_text("offline")
    expect_chat_open(page)
    expect(page.get_by_test_id("chat-sign-in")).to_be_visible()
    viewer.page.goto(f"/@{viewer.handle}/live")
    expect_chat_open(viewer.page)
    say(viewer.page, "Anybody there?")
    expect(message(page, "Anybody there?")).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{wide} pixels too wide"
