"""Processes are killed in the middle of the work; every video still comes to its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.local.supervisor import LocalTarget
from tests import media
from tests.functional.account import AwsAccount
from tests.functional.checkpoints import wait_until_saved
from tests.functional.large_sources import MIB, video_of
from tests.functional.people import Device, code_of, nobody, register
from tests.functional.waiting import wait_for
from tests.functional.watching import status_of, watch

SUBMITTED = 11
"""More clips than are transcoded before the kill: one job runs, the others wait."""


def _jobs_of(account: AwsAccount, video_id: str) -> list[dict[str, Any]]:
    jobs = account.client("mediaconvert").list_jobs(MaxResults=20)["Jobs"]
    return [job for job in jobs if job["UserMetadata"]["video_id"] == video_id]


class TestMediaConvertIsKilled:
    def test_a_job_in_its_middle_is_finished_after_all(
        self, target: LocalTarget, ann: Device, account: AwsAccount, tmp_path: Path
    ) -> None:
        video_id = ann.upload(media.long_landscape())
        wait_for(
            lambda: [job["Status"] for job in _jobs_of(account, video_id)] == ["PROGRESSING"],
            "the job runs",
        )

        target.kill_mediaconvert()

        assert ann.video(video_id)["status"] in ("uploaded", "processing")
        video = ann.wait_until_ready(video_id)
        assert video["duration_ms"] == pytest.approx(12_000, abs=100)
        assert watch(video, tmp_path).pictures[0].frames == 300


class TestEverythingIsKilled:
    def test_every_video_comes_to_its_end_and_uploads_go_on(
        self, target: LocalTarget, ann: Device, account: AwsAccount
    ) -> None:
        source = video_of(9 * MIB)
        upload = ann.create(source, visibility="private")
        ann.send(upload, [1])
        broken = ann.upload(media.truncated())
        videos = [ann.upload(media.long_landscape()) for _ in range(SUBMITTED)]
        ann.wait_until(videos[-1], lambda video: video["status"] == "processing", "processing")
        wait_until_saved(target)
        # One more becomes ready after the checkpoint: it is undone by the kill.
        running = next(each for each in videos if ann.video(each)["status"] == "processing")
        ann.wait_until_ready(running)
        assert ann.video(videos[-1])["status"] == "processing"

        target.kill_all()
        target.start()

        for video_id in videos:
            ann.wait_until_ready(video_id)
        assert ann.wait_until_over(broken)["failure"]["code"] == "unreadable_media"
        account.wait_until_only_its_row(broken)
        state = ann.get(f"/v1/videos/{upload.video_id}/upload").json()
        assert [part["part_number"] for part in state["received_parts"]] == [1]
        ann.send(upload, [2])
        assert ann.complete(upload).status_code == 200
        assert ann.wait_until_ready(upload.video_id)["visibility"] == "private"


class TestAStopAndAStart:
    def test_accounts_sessions_and_videos_are_all_there(
        self, target: LocalTarget, account: AwsAccount
    ) -> None:
        ann = register(target.origin, "keeper")
        public = ann.upload(media.one_second(), title="Kept")
        private = ann.upload(media.one_second(), visibility="private")
        for video_id in (public, private):
            ann.wait_until_ready(video_id)
        before = ann.video(public)

        target.stop()
        target.start()

        assert nobody(target.origin).video(public) == {**before, "viewer_is_owner": False}
        assert status_of(before["playback"]["hls_url"]) == 200
        playlist = ann.video(private)["playback"]["hls_url"]
        assert status_of(playlist) == 403
        assert status_of(playlist, ann.media_cookies(private)) == 200
        refreshed = nobody(target.origin).post(
            "/v1/auth/refresh", json={"refresh_token": ann.tokens["refresh_token"]}
        )
        assert refreshed.status_code == 200
        ann.use_tokens(refreshed.json())
        assert ann.delete(f"/v1/videos/{public}").status_code == 204
        account.wait_until_gone(public)
        gone = nobody(target.origin).get(f"/v1/videos/{public}")
        assert (gone.status_code, code_of(gone)) == (404, "video_not_found")
