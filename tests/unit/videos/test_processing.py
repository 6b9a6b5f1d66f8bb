"""Processing: what cannot play, what comes twice, late or out of order, then what goes well."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from socialflow.platform.principal import Principal
from socialflow.videos.failures import FailureCode
from socialflow.videos.models import Status
from tests.unit.videos.world import FILM, UPLOADS, VideosWorld, long_film


class TestASourceArriving:
    def test_of_another_size_fails(self, world: VideosWorld, ann: Principal) -> None:
        video = world.upload(ann)
        world.processing.source_arrived(video.id, size_bytes=len(FILM) - 1)
        assert world.now(video).failure is FailureCode.SIZE_MISMATCH

    def test_without_a_byte_fails(self, world: VideosWorld, ann: Principal) -> None:
        video = world.upload(ann)
        world.processing.source_arrived(video.id, size_bytes=0)
        assert world.now(video).failure is FailureCode.EMPTY_FILE

    def test_that_is_no_video_fails(self, world: VideosWorld, ann: Principal) -> None:
        world.mediaconvert.unreadable = True
        video = world.process(ann)
        assert (video.status, video.failure) == (Status.FAILED, FailureCode.UNREADABLE_MEDIA)

    def test_of_another_type_fails(self, world: VideosWorld, ann: Principal) -> None:
        assert world.process(ann, content_type="video/webm").failure is FailureCode.TYPE_MISMATCH

    def test_that_no_job_takes_fails(self, world: VideosWorld, ann: Principal) -> None:
        world.mediaconvert.refuse_jobs = True
        assert world.process(ann).failure is FailureCode.TRANSCODE_FAILED

    def test_while_mediaconvert_is_away_is_tried_again(
        self, world: VideosWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        video = world.upload(ann)

        def away(_: Any) -> Any:
            raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "CreateJob")

        with monkeypatch.context() as patched:
            patched.setattr(world.mediaconvert, "_create_job", away)
            with pytest.raises(ClientError):
                world.processing.source_arrived(video.id, size_bytes=len(FILM))
        assert world.now(video).status is Status.UPLOADED
        world.processing.source_arrived(video.id, size_bytes=len(FILM))
        assert world.now(video).status is Status.PROCESSING

    def test_of_a_deleted_video_goes(self, world: VideosWorld, ann: Principal) -> None:
        video = world.upload(ann)
        world.catalog.delete(ann, video.id)
        world.processing.source_arrived(video.id, size_bytes=len(FILM))
        assert world.objects(UPLOADS) == []
        assert world.mediaconvert.jobs == {}

    def test_of_a_video_that_is_gone_goes(self, world: VideosWorld, ann: Principal) -> None:
        video = world.upload(ann)
        world.rows.purge(video)
        world.processing.source_arrived(video.id, size_bytes=len(FILM))
        assert world.objects(UPLOADS) == []

    def test_before_complete_has_answered_is_enough(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        video = world.create(ann)
        world.processing.source_arrived(video.id, size_bytes=len(FILM))
        assert world.now(video).status is Status.PROCESSING

    def test_twice_makes_one_job(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.processing.source_arrived(video.id, size_bytes=len(FILM))
        assert world.now(video) == video
        assert len(world.mediaconvert.jobs) == 1

    def test_over_a_minute_makes_a_preview_first(self, world: VideosWorld, ann: Principal) -> None:
        long_film(world)
        video = world.process(ann)
        assert set(video.jobs) == {"preview", "full"}
        priorities = [job.request["Priority"] for job in world.mediaconvert.jobs.values()]
        assert priorities[0] > priorities[1]

    def test_again_after_the_visibility_changed_is_another_job(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        """The process died between its job and its row, and the owner edited meanwhile."""
        video = world.upload(ann)
        stale = world.now(video)
        world.catalog.edit(ann, video.id, {"visibility": "private"}, expected_edits=None)
        world.processing.start_jobs(stale)
        world.processing.start_jobs(world.now(video))
        assert len(world.mediaconvert.jobs) == 2


class TestAJobsProgress:
    def test_never_goes_back(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.mediaconvert.progress("full", 20)
        world.mediaconvert.progress("full", 60)
        world.changes.reverse()
        world.tell()
        assert world.now(video).progress_percent == 60

    def test_ends_before_a_hundred(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.mediaconvert.progress("full", 100)
        world.tell()
        assert world.now(video).progress_percent == 99

    def test_after_it_is_ready_changes_nothing(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.mediaconvert.progress("full", 20)
        late = world.changes.pop()
        world.mediaconvert.complete("full")
        world.tell()
        world.processing.job_changed(late)
        assert world.now(video).progress_percent == 100

    def test_of_a_preview_is_not_the_videos(self, world: VideosWorld, ann: Principal) -> None:
        long_film(world)
        video = world.process(ann)
        world.mediaconvert.progress("preview", 70)
        world.tell()
        assert world.now(video).progress_percent == 0


class TestAJobThatFails:
    def test_once_is_tried_again(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.mediaconvert.fail("full")
        world.tell()
        assert (world.now(video).attempt, world.now(video).status) == (2, Status.PROCESSING)
        assert world.objects() == []

    def test_twice_fails_the_video(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        for _ in range(2):
            world.mediaconvert.fail("full")
            world.tell()
        assert world.now(video).failure is FailureCode.TRANSCODE_FAILED

    def test_told_twice_is_one_failure(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.mediaconvert.fail("full")
        world.changes *= 2
        world.tell()
        assert (world.now(video).attempt, len(world.mediaconvert.jobs)) == (2, 2)

    def test_told_after_the_next_attempt_is_ready_changes_nothing(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        video = world.process(ann)
        world.mediaconvert.fail("full")
        failure = world.changes[0]
        world.tell()
        world.mediaconvert.complete("full")
        world.tell()
        ready = world.now(video)
        world.processing.job_changed(failure)
        assert world.now(video) == ready
        assert ready.full
        assert {key.split("/")[3] for key in world.objects()} == {"a2"}

    def test_cancelled_by_somebody_fails_at_once(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.mediaconvert.cancel("full")
        world.tell()
        assert world.now(video).failure is FailureCode.TRANSCODE_FAILED

    def test_for_the_preview_alone_is_done_without(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        long_film(world)
        video = world.process(ann)
        world.mediaconvert.fail("preview")
        world.mediaconvert.complete("full")
        world.tell()
        assert world.now(video).status is Status.READY
        assert {key.split("/")[3] for key in world.objects()} == {"a1"}
