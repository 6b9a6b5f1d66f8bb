"""The watch page: controls, keyboard, storyboard, privacy, small screens."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests import media
from tests.e2e.steps import sign_in, wait_until_played
from tests.functional.people import Device, register

PHONE = ViewportSize(width=360, height=740)


@pytest.fixture(scope="module")
def creator(origin: str) -> Device:
    """Somebody with an account."""
    return register(origin, "cleo")


@pytest.fixture(scope="module")
def public_video(creator: Device) -> str:
    """A public video that is ready."""
    video_id = creator.upload(media.long_landscape(), title="Waves at noon")
    creator.wait_until_ready(video_id)
    return video_id


def start(page: Page, video_id: str) -> None:
    page.goto(f"/watch/{video_id}")
    page.get_by_test_id("big-play").click()
    wait_until_played(page, 0.2)


class TestThePlayer:
    def test_plays_for_anybody_in_any_quality_and_by_keyboard(
        self, page: Page, public_video: str
    ) -> None:
        start(page, public_video)
        player = page.get_by_test_id("player")
        page.get_by_test_id("settings-button").click()
        page.get_by_test_id("quality-240p").click()
        expect(player).to_have_attribute("data-quality", "240p")
        page.keyboard.press("Escape")
        page.keyboard.press("k")
        expect(player).to_have_attribute("data-state", "paused")
        page.keyboard.press("Home")
        page.wait_for_function("document.querySelector('video').currentTime < 0.3")
        page.keyboard.press("k")
        wait_until_played(page, 0.5)
        page.keyboard.press("ArrowRight")
        wait_until_played(page, 5)
        page.keyboard.press("m")
        assert page.evaluate("document.querySelector('video').muted")
        page.keyboard.press("?")
        expect(page.get_by_test_id("shortcuts-dialog")).to_be_visible()

    def test_shows_the_storyboard_on_the_seek_bar(self, page: Page, public_video: str) -> None:
        start(page, public_video)
        page.get_by_test_id("seek-bar").hover()
        expect(page.get_by_test_id("storyboard-frame")).to_be_visible()


class TestPrivateVideos:
    def test_play_for_their_owner_and_are_unknown_to_others(
        self, page: Page, browser: Browser, creator: Device, origin: str
    ) -> None:
        video_id = creator.upload(media.landscape(), title="For me alone", visibility="private")
        creator.wait_until_ready(video_id)
        sign_in(page, creator.account)
        start(page, video_id)

        stranger = browser.new_context(base_url=origin)
        try:
            elsewhere = stranger.new_page()
            elsewhere.goto(f"/watch/{video_id}")
            expect(elsewhere.get_by_role("heading", level=1)).to_have_text("This video is not here")
        finally:
            stranger.close()


def assert_fits(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} is {wide} pixels too wide"


class TestSmallScreens:
    @pytest.mark.parametrize("path", ["/", "/login", "/register", "/watch/{video}", "/@{handle}"])
    def test_nothing_sticks_out(
        self, page: Page, creator: Device, public_video: str, path: str
    ) -> None:
        page.set_viewport_size(PHONE)
        page.goto(path.format(video=public_video, handle=creator.handle))
        assert_fits(page)

    def test_nor_does_the_longest_name(self, page: Page, origin: str) -> None:
        owner = register(origin, "w" * 16, display_name="W" * 50)
        # The page knows the name by the channel's videos.
        owner.wait_until_ready(owner.upload(media.landscape(), title="A"))
        page.set_viewport_size(PHONE)
        page.goto(f"/@{owner.handle}")
        expect(page.get_by_role("heading", level=1)).to_have_text("W" * 50)
        assert_fits(page)


class TestTheApiReference:
    def test_lists_the_operations(self, page: Page) -> None:
        page.goto("/docs")
        expect(page.get_by_text("/v1/videos/{video_id}/upload/complete")).to_be_visible()
