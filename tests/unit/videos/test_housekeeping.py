"""What follows from decisions: media that moves, remains that go, and what brings both home."""

from __future__ import annotations

import pytest

from socialflow.platform.aws import client
from socialflow.platform.principal import Principal
from socialflow.videos.failures import FailureCode
from socialflow.videos.models import Status, Video
from tests.unit.videos.world import FILM, UPLOADS, VideosWorld, long_film


def hide(world: VideosWorld, owner: Principal, video: Video, visibility: str = "private") -> None:
    world.catalog.edit(owner, video.id, {"visibility": visibility}, expected_edits=None)


def zones(world: VideosWorld) -> set[str]:
    """Where media lies, as `zone/set`."""
    return {"/".join(key.split("/")[1:4:2]) for key in world.objects()}


class TestDiscarding:
    def test_a_video_that_lives_is_left_alone(self, world: VideosWorld, ann: Principal) -> None:
        video = world.finish(ann)
        before = world.objects()
        world.housekeeping.discard(video.id)
        assert (world.now(video), world.objects()) == (video, before)

    def test_a_failed_video_keeps_its_row(self, world: VideosWorld, ann: Principal) -> None:
        world.mediaconvert.unreadable = True
        video = world.process(ann)
        world.housekeeping.discard(video.id)
        assert world.now(video).failure is FailureCode.UNREADABLE_MEDIA
        assert world.objects(UPLOADS) == []

    def test_again_changes_nothing(self, world: VideosWorld, ann: Principal) -> None:
        world.mediaconvert.unreadable = True
        video = world.process(ann)
        world.housekeeping.discard(video.id)
        once = world.now(video)
        world.housekeeping.discard(video.id)
        assert world.now(video) == once

    def test_a_deleted_video_leaves_nothing(
        self, world: VideosWorld, ann: Principal, ben: Principal
    ) -> None:
        video = world.finish(ann)
        world.catalog.share(ann, video.id, "ben")
        world.catalog.delete(ann, video.id)
        world.housekeeping.discard(video.id)
        world.housekeeping.discard(video.id)
        assert client("dynamodb").scan(TableName="videos")["Items"] == []
        assert world.objects() == world.objects(UPLOADS) == []
        assert f"/media/public/{video.id}/*" in world.invalidated

    def test_more_names_than_a_page_go(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        for number in range(103):
            world.viewers.add(video.id, f"usr_{number:03d}")
        world.catalog.delete(ann, video.id)
        world.housekeeping.discard(video.id)
        assert client("dynamodb").scan(TableName="videos")["Items"] == []

    def test_its_jobs_are_cancelled(self, world: VideosWorld, ann: Principal) -> None:
        long_film(world)
        video = world.process(ann)
        world.catalog.delete(ann, video.id)
        world.housekeeping.discard(video.id)
        assert {job.status for job in world.mediaconvert.jobs.values()} == {"CANCELED"}


class TestMoving:
    def test_a_video_that_is_gone_is_no_trouble(self, world: VideosWorld, ann: Principal) -> None:
        video = world.finish(ann)
        world.rows.purge(video)
        world.housekeeping.place_media(video.id)
        assert world.rows.get(video.id) is None

    def test_media_in_its_place_stays(self, world: VideosWorld, ann: Principal) -> None:
        video = world.finish(ann)
        world.housekeeping.place_media(video.id)
        assert (world.now(video), zones(world)) == (video, {"public/a1"})

    def test_private_media_leaves_the_public_zone_and_the_edge(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        video = world.finish(ann)
        count = len(world.objects())
        hide(world, ann, video)
        world.housekeeping.place_media(video.id)
        assert zones(world) == {"protected/a1.2"}
        assert len(world.objects()) == count
        assert world.invalidated == [f"/media/public/{video.id}/a1/*"]

    def test_there_and_back_never_uses_a_place_twice(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        video = world.finish(ann)
        for visibility in ("private", "public", "private"):
            hide(world, ann, video, visibility)
            world.housekeeping.place_media(video.id)
        assert zones(world) == {"protected/a1.4"}

    def test_what_was_copied_for_a_video_deleted_meanwhile_goes(
        self, world: VideosWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        video = world.finish(ann)
        hide(world, ann, video)
        real = world.rows.move_set

        def deleted_first(*arguments: object) -> Video | None:
            world.catalog.delete(ann, video.id)
            world.housekeeping.discard(video.id)
            return real(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(world.rows, "move_set", deleted_first)
        world.housekeeping.place_media(video.id)
        assert world.objects() == []


class TestAPreviewThatIsNoLongerNeeded:
    def test_stays_for_those_who_play_it(self, world: VideosWorld, ann: Principal) -> None:
        video = self.ready(world, ann)
        world.clock.move(hours=5)
        world.reconciler.run()
        assert world.now(video).preview
        assert zones(world) == {"public/a1", "public/p1"}

    def test_goes_after_six_hours(self, world: VideosWorld, ann: Principal) -> None:
        video = self.ready(world, ann)
        world.clock.move(hours=7)
        world.reconciler.run()
        assert world.now(video).preview is None
        assert zones(world) == {"public/a1"}
        assert "gsi3pk" not in str(client("dynamodb").scan(TableName="videos")["Items"])

    def test_goes_from_where_it_was_moved(self, world: VideosWorld, ann: Principal) -> None:
        video = self.ready(world, ann)
        hide(world, ann, video)
        world.housekeeping.place_media(video.id)
        world.clock.move(hours=7)
        world.reconciler.run()
        assert zones(world) == {"protected/a1.2"}

    @staticmethod
    def ready(world: VideosWorld, ann: Principal) -> Video:
        long_film(world)
        video = world.process(ann)
        world.mediaconvert.complete("preview")
        world.mediaconvert.complete("full")
        world.tell()
        return world.now(video)


class TestReconciling:
    def test_one_that_goes_on_normally_is_not_looked_at(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        world.process(ann)
        world.clock.move(minutes=5)
        world.table_calls.names.clear()
        assert world.reconciler.run() == 0
        assert set(world.table_calls.names) == {"query"}

    def test_a_lost_arrival_starts_processing(self, world: VideosWorld, ann: Principal) -> None:
        video = world.upload(ann)
        world.clock.move(minutes=3)
        assert world.reconciler.run() == 1
        assert world.now(video).status is Status.PROCESSING

    def test_a_source_that_vanished_fails(self, world: VideosWorld, ann: Principal) -> None:
        video = world.upload(ann)
        client("s3").delete_object(Bucket=UPLOADS, Key=f"uploads/{video.id}/source")
        world.clock.move(minutes=3)
        world.reconciler.run()
        assert world.now(video).failure is FailureCode.UPLOAD_LOST

    def test_an_upload_has_seven_days(self, world: VideosWorld, ann: Principal) -> None:
        video = world.create(ann)
        world.clock.move(days=6, hours=23)
        world.reconciler.run()
        assert world.now(video).status is Status.UPLOADING
        world.clock.move(hours=1, minutes=1)
        world.reconciler.run()
        assert world.now(video).failure is FailureCode.UPLOAD_EXPIRED

    def test_a_lost_completion_makes_it_ready(self, world: VideosWorld, ann: Principal) -> None:
        told = world.finish(ann)
        lost = world.process(ann)
        world.mediaconvert.complete("full")
        world.changes.clear()
        world.clock.move(minutes=11)
        world.reconciler.run()
        now = world.now(lost)
        assert now.status is Status.READY
        assert (now.full, now.duration_ms) == (told.full, told.duration_ms)

    def test_a_job_that_never_ends_fails_in_a_day(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.clock.move(hours=23)
        world.reconciler.run()
        assert world.now(video).status is Status.PROCESSING
        world.clock.move(hours=2)
        world.reconciler.run()
        assert world.now(video).failure is FailureCode.PROCESSING_TIMEOUT

    def test_one_that_cannot_be_helped_does_not_keep_the_others_waiting(
        self, world: VideosWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        videos = [world.upload(ann) for _ in range(3)]
        hopeless = videos[0].id
        real = world.processing.source_arrived

        def arrived(video_id: str, *, size_bytes: int) -> None:
            if video_id == hopeless:
                raise RuntimeError("no")
            real(video_id, size_bytes=size_bytes)

        monkeypatch.setattr(world.processing, "source_arrived", arrived)
        world.clock.move(minutes=3)
        assert world.reconciler.run() == 3
        assert [world.now(video).status for video in videos] == [
            Status.UPLOADED,
            Status.PROCESSING,
            Status.PROCESSING,
        ]
        assert world.reconciler.run() == 0

    def test_one_that_cannot_be_helped_for_days_fails(
        self, world: VideosWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        video = world.upload(ann)

        def never(*_: object, **__: object) -> None:
            raise RuntimeError("no")

        monkeypatch.setattr(world.processing, "source_arrived", never)
        for _ in range(2):
            world.clock.move(hours=37)
            world.reconciler.run()
        assert world.now(video).failure is FailureCode.PROCESSING_TIMEOUT

    def test_looking_does_not_change_what_readers_see(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        video = world.process(ann)
        world.clock.move(minutes=11)
        world.reconciler.run()
        assert world.now(video).revision == video.revision

    def test_a_source_of_the_right_size_is_needed(self, world: VideosWorld, ann: Principal) -> None:
        video = world.upload(ann)
        key = f"uploads/{video.id}/source"
        client("s3").put_object(Bucket=UPLOADS, Key=key, Body=FILM[:5])
        world.clock.move(minutes=3)
        world.reconciler.run()
        assert world.now(video).failure is FailureCode.SIZE_MISMATCH
