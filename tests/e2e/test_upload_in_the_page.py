"""The main job: a creator uploads, loses the page, comes back, goes on, and watches."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, Request, expect

from tests import media
from tests.e2e.steps import choose_video, played_seconds, ready_row, sign_up, wait_until_played
from tests.functional.large_sources import MIB, video_of
from tests.functional.people import PASSWORD, log_in

SLOW_BYTES_PER_SECOND = 3 * 1024 * 1024
CRAWLING_BYTES_PER_SECOND = 64 * 1024


def throttle(page: Page, bytes_per_second: int) -> None:
    """A line that sends no more than this; -1 takes the limit away."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 5,
            "downloadThroughput": -1,
            "uploadThroughput": bytes_per_second,
        },
    )


class PartsSent:
    """The parts that the page has sent whole, by number."""

    def __init__(self, page: Page) -> None:
        self.numbers: list[int] = []
        page.on("requestfinished", self._note)

    def _note(self, request: Request) -> None:
        number = re.search(r"[?&]partNumber=(\d+)", request.url)
        if request.method == "PUT" and number:
            self.numbers.append(int(number[1]))


class TestUploading:
    def test_goes_on_after_a_reload_and_plays(
        self, page: Page, origin: str, tmp_path: Path
    ) -> None:
        source = tmp_path / "Über die Bucht.mp4"
        source.write_bytes(video_of(30 * MIB))
        handle = sign_up(page, "ada")
        ada = log_in(origin, {"email": f"{handle}@example.com", "password": PASSWORD})
        sent = PartsSent(page)
        throttle(page, SLOW_BYTES_PER_SECOND)
        choose_video(page, source, title="Across the bay")
        panel = page.get_by_test_id("upload-panel")
        expect(panel).to_have_attribute("data-phase", "uploading")
        expect(page.get_by_test_id("upload-figures")).to_contain_text(re.compile(r"\d"))
        page.wait_for_event("requestfinished", lambda each: "partNumber=" in each.url)
        throttle(page, CRAWLING_BYTES_PER_SECOND)
        video_id = page.get_by_test_id("video-row").get_attribute("data-video-id")

        page.reload()

        state = ada.get(f"/v1/videos/{video_id}/upload").json()
        arrived = {part["part_number"] for part in state["received_parts"]}
        assert arrived
        assert len(arrived) < state["part_count"], "the reload did not come in the middle"
        throttle(page, -1)
        row = ready_row(page)
        again = [number for number in arrived if sent.numbers.count(number) > 1]
        assert not again, "parts that had arrived were sent again"
        assert set(sent.numbers) | arrived == set(range(1, state["part_count"] + 1))

        # Opened by a click in the client, so it plays by itself.
        row.get_by_role("link", name="Across the bay").last.click()
        page.wait_for_url("**/watch/**")
        wait_until_played(page, 0.3)
        wait_until_played(page, played_seconds(page))

    def test_says_why_a_file_is_no_video(self, page: Page) -> None:
        sign_up(page, "bea")
        choose_video(page, media.text_named_mp4(), title="My diary")
        row = page.get_by_test_id("video-row").first
        expect(row).to_have_attribute("data-status", "failed")
        expect(row.get_by_test_id("failure")).to_contain_text("cannot be read as a video")
