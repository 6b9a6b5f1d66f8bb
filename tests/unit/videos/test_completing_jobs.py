"""Jobs that complete: late, twice, for nobody, while the owner edits, then as they should."""

from __future__ import annotations

from dataclasses import replace

import pytest

from socialflow.platform.principal import Principal
from socialflow.videos.models import Status, Video, Visibility, Zone
from socialflow.videos.processing import VideoChangedTooOften
from tests.unit.videos.world import VideosWorld, long_film


class TestAJobThatCompletes:
    def test_for_a_deleted_video_leaves_nothing(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.catalog.delete(ann, video.id)
        world.mediaconvert.complete("full")
        world.tell()
        assert world.objects() == []

    def test_for_a_video_that_is_gone_leaves_nothing(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        video = world.process(ann)
        world.rows.purge(video)
        world.mediaconvert.complete("full")
        world.tell()
        assert world.objects() == []

    def test_of_a_former_attempt_leaves_nothing(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.mediaconvert.complete("full")
        (late,) = world.changes
        world.changes.clear()
        world.rows.begin_next_attempt(video.id, attempt=1)
        world.processing.job_changed(late)
        assert world.now(video).full is None
        assert world.objects() == []

    def test_makes_the_video_ready(self, world: VideosWorld, ann: Principal) -> None:
        video = world.finish(ann)
        assert (video.status, video.progress_percent) == (Status.READY, 100)
        assert video.duration_ms == 12_500
        assert video.full
        assert [rendition.height for rendition in video.full.renditions] == [240, 360]
        assert f"media/public/{video.id}/a1/storyboard.vtt" in world.objects()
        assert video.published_at == world.clock.now

    def test_twice_changes_nothing(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.mediaconvert.complete("full")
        again = list(world.changes)
        world.tell()
        ready, objects = world.now(video), world.objects()
        world.clock.move(hours=1)
        world.changes += again
        world.tell()
        assert (world.now(video), world.objects()) == (ready, objects)

    def test_after_a_move_leaves_the_moved_media(self, world: VideosWorld, ann: Principal) -> None:
        video = world.process(ann)
        world.mediaconvert.complete("full")
        again = list(world.changes)
        world.tell()
        world.catalog.edit(ann, video.id, {"visibility": "private"}, expected_edits=1)
        world.housekeeping.place_media(video.id)
        objects = world.objects()
        world.changes += again
        world.tell()
        assert world.objects() == objects
        assert {key.split("/")[1] for key in objects} == {Zone.PROTECTED}

    def test_while_the_owner_edits_is_listed_as_the_edit_says(
        self, world: VideosWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        video = world.process(ann)
        real, edits = world.rows.get, iter(["unlisted"])

        def read_then_edited(video_id: str) -> Video | None:
            found = real(video_id)
            for visibility in edits:
                world.catalog.edit(ann, video_id, {"visibility": visibility}, expected_edits=None)
            return found

        monkeypatch.setattr(world.rows, "get", read_then_edited)
        world.mediaconvert.complete("full")
        world.tell()
        assert world.now(video).visibility is Visibility.UNLISTED
        assert world.videos.list_of_channel(ann.user_id, after=None, limit=5).videos == ()

    def test_while_the_owner_never_stops_editing_comes_again(
        self, world: VideosWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        video = world.process(ann)
        private = replace(video, visibility=Visibility.PRIVATE)
        monkeypatch.setattr(world.rows, "get", lambda _: private)
        world.mediaconvert.complete("full")
        with pytest.raises(VideoChangedTooOften):
            world.tell()


class TestAPreview:
    def test_plays_while_the_ladder_is_made(self, world: VideosWorld, ann: Principal) -> None:
        long_film(world)
        video = world.process(ann)
        world.mediaconvert.complete("preview")
        world.tell()
        now = world.now(video)
        assert (now.status, now.playable) == (Status.PROCESSING, now.preview)

    def test_after_the_ladder_is_not_needed(self, world: VideosWorld, ann: Principal) -> None:
        long_film(world)
        video = world.process(ann)
        world.mediaconvert.complete("preview")
        world.mediaconvert.complete("full")
        world.changes.reverse()
        world.tell()
        assert world.now(video).preview is None
        assert {key.split("/")[3] for key in world.objects()} == {"a1"}

    def test_of_the_first_attempt_counts_in_the_second(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        long_film(world)
        video = world.process(ann)
        world.mediaconvert.fail("full")
        world.mediaconvert.complete("preview")
        world.tell()
        now = world.now(video)
        assert (now.attempt, now.preview is not None) == (2, True)
        assert len(world.mediaconvert.jobs) == 3

    def test_of_a_failed_video_plays_no_more(self, world: VideosWorld, ann: Principal) -> None:
        long_film(world)
        video = world.process(ann)
        world.mediaconvert.complete("preview")
        for _ in range(2):
            world.mediaconvert.fail("full")
            world.tell()
        assert world.now(video).playable is None
        assert world.videos.list_of_channel(ann.user_id, after=None, limit=5).videos == ()
