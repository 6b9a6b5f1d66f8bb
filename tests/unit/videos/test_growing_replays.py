"""Replays that grow, are edited, hidden, deleted or cut off meanwhile."""

from __future__ import annotations

import itertools

import pytest

from socialflow.platform.aws import client
from socialflow.platform.principal import Principal
from socialflow.videos.errors import VideoNotFound
from socialflow.videos.models import Status, Visibility
from socialflow.videos.paths import prefix_of
from tests.unit.videos.recorded import (
    BROADCAST_ID,
    REPLAY_ID,
    SD,
    WENT_LIVE,
    a_broadcast,
    a_recording,
    folders,
    put_recording,
    sessions_of,
    set_of,
    shown,
)
from tests.unit.videos.world import RECORDINGS, VideosWorld


class TestGrowing:
    def test_a_reconnect_makes_it_longer_and_leaves_the_shorter_one_playing(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        first = put_recording(a_recording(1))
        world.replays.recorded(a_broadcast(ann, first))
        playing = world.objects()
        world.replays.recorded(a_broadcast(ann, first, put_recording(a_recording(2), ladder=SD)))
        video = shown(world)
        assert video.duration_ms == 40_000
        assert [each.title for each in video.chapters] == ["Start", "Part 2"]
        assert [each.starts_at_ms for each in video.chapters] == [0, 20_000]
        assert set(playing) < set(world.objects())
        world.clock.move(hours=5)
        world.reconciler.run()
        assert folders(world) == {f"public/{set_of(1)}", f"public/{set_of(1, 2)}"}
        world.clock.move(hours=2)
        world.reconciler.run()
        assert folders(world) == {f"public/{set_of(1, 2)}"}
        assert shown(world).former == ()
        assert list(world.rows.due_for_check()) == []

    @pytest.mark.parametrize("order", list(itertools.permutations([(1,), (1, 2), (1, 2, 3)])))
    def test_in_whatever_order_events_come_the_longest_stays(
        self, world: VideosWorld, ann: Principal, order: tuple[tuple[int, ...], ...]
    ) -> None:
        for number in (1, 2, 3):
            put_recording(a_recording(number))
        for numbers in (*order, *order):
            recordings = [a_recording(number) for number in numbers]
            world.replays.recorded(a_broadcast(ann, *recordings))
        video = shown(world)
        assert (video.duration_ms, len(sessions_of(world))) == (60_000, 3)
        assert video.full
        assert video.full.name == set_of(1, 2, 3)
        assert {prefix_of(video.id, each).split("/")[3] for each in video.sets} == {
            folder.split("/")[1] for folder in folders(world)
        }

    def test_an_earlier_session_heard_of_later_takes_its_place_in_time(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        one, two = put_recording(a_recording(1)), put_recording(a_recording(2))
        world.replays.recorded(a_broadcast(ann, two))
        world.replays.recorded(a_broadcast(ann, two, one))
        assert [each.starts_at for each in sessions_of(world)] == [one.started_at, two.started_at]

    def test_what_its_owner_edited_stays_edited(self, world: VideosWorld, ann: Principal) -> None:
        first = put_recording(a_recording(1))
        world.replays.recorded(a_broadcast(ann, first))
        changes = {"title": "My evening", "visibility": "private"}
        world.catalog.edit(ann, REPLAY_ID, changes, expected_edits=1)
        world.housekeeping.place_media(REPLAY_ID)
        world.replays.recorded(a_broadcast(ann, first, put_recording(a_recording(2))))
        video = shown(world)
        assert (video.title, video.visibility) == ("My evening", Visibility.PRIVATE)
        assert folders(world) == {f"protected/{set_of(1)}.2", f"protected/{set_of(1, 2)}"}

    def test_what_its_broadcast_became_counts_where_nobody_edited_it(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        """Made private on the air, it must not go on in public as the part before did."""
        first, second = put_recording(a_recording(1)), put_recording(a_recording(2))
        world.replays.recorded(a_broadcast(ann, first))
        hidden = {"title": "Friends only", "visibility": Visibility.PRIVATE}
        world.replays.recorded(a_broadcast(ann, first, second, **hidden))
        video = shown(world)
        assert (video.title, video.visibility) == ("Friends only", Visibility.PRIVATE)
        assert world.catalog.list_channel(ann, "ann", after=None, limit=10).views == ()
        world.clock.move(minutes=3)
        world.reconciler.run()
        assert folders(world) == {f"protected/{set_of(1, 2)}"}

    def test_shown_again_by_its_broadcast_it_is_back_in_the_channel(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        first, second = put_recording(a_recording(1)), put_recording(a_recording(2))
        world.replays.recorded(a_broadcast(ann, first, visibility=Visibility.PRIVATE))
        world.replays.recorded(a_broadcast(ann, first, second))
        page = world.catalog.list_channel(None, "ann", after=None, limit=10)
        assert [view.video.id for view in page.views] == [REPLAY_ID]

    def test_what_was_shown_before_is_hidden_with_it_at_once(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        first = put_recording(a_recording(1))
        world.replays.recorded(a_broadcast(ann, first))
        world.replays.recorded(a_broadcast(ann, first, put_recording(a_recording(2))))
        world.catalog.edit(ann, REPLAY_ID, {"visibility": "private"}, expected_edits=None)
        world.housekeeping.place_media(REPLAY_ID)
        assert folders(world) == {f"protected/{set_of(1, 2)}.2"}
        assert shown(world).former == ()

    def test_footage_that_is_gone_makes_nothing_shorter(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        first = put_recording(a_recording(1))
        world.replays.recorded(a_broadcast(ann, first))
        before = shown(world)
        key = f"{first.key_prefix}/media/hls/master.m3u8"
        client("s3").delete_object(Bucket=RECORDINGS, Key=key)
        world.replays.recorded(a_broadcast(ann, first, a_recording(2)))
        after = shown(world)
        assert (after.full, after.duration_ms) == (before.full, before.duration_ms)
        world.clock.move(minutes=20)
        world.reconciler.run()
        assert list(world.rows.due_for_check()) == []


class TestDeleting:
    def test_a_deleted_replay_stays_deleted(self, world: VideosWorld, ann: Principal) -> None:
        first = put_recording(a_recording(1))
        world.replays.recorded(a_broadcast(ann, first))
        world.catalog.delete(ann, REPLAY_ID)
        longer = a_broadcast(ann, first, put_recording(a_recording(2)))
        world.replays.recorded(longer)
        world.housekeeping.discard(REPLAY_ID)
        world.replays.recorded(longer)
        world.housekeeping.discard(REPLAY_ID)
        assert world.objects() == []
        with pytest.raises(VideoNotFound):
            world.catalog.show(ann, REPLAY_ID)
        assert world.catalog.list_mine(ann, after=None, limit=10).views == ()
        (item,) = client("dynamodb").scan(TableName="videos")["Items"]
        # Nothing of what the owner wrote stays, and not even this for ever.
        assert set(item) == {"pk", "sk", "id", "deleted_at", "tombstone", "expires_at"}

    def test_one_deleted_while_it_is_made_leaves_nothing(
        self, world: VideosWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put_recording(a_recording(1))
        real = world.replays._media.copy

        def deleted_meanwhile(*arguments: object, **named: object) -> set[str]:
            world.catalog.delete(ann, REPLAY_ID)
            world.housekeeping.discard(REPLAY_ID)
            return real(*arguments, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(world.replays._media, "copy", deleted_meanwhile)
        world.replays.recorded(a_broadcast(ann, a_recording(1)))
        assert world.objects() == []
        assert world.rows.get(REPLAY_ID) is None


class TestReconciling:
    def test_one_that_was_cut_off_is_made_after_all(
        self, world: VideosWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put_recording(a_recording(1))
        with monkeypatch.context() as broken:
            broken.setattr(world.replays._media, "copy", _out_of_order)
            with pytest.raises(ConnectionError):
                world.replays.recorded(a_broadcast(ann, a_recording(1)))
        assert shown(world).status is Status.PROCESSING
        world.clock.move(minutes=17)
        assert world.reconciler.run() == 1
        assert shown(world).status is Status.READY

    def test_one_that_did_not_grow_grows_after_all(
        self, world: VideosWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = put_recording(a_recording(1))
        world.replays.recorded(a_broadcast(ann, first))
        with monkeypatch.context() as broken:
            broken.setattr(world.replays._media, "copy", _out_of_order)
            with pytest.raises(ConnectionError):
                world.replays.recorded(a_broadcast(ann, first, put_recording(a_recording(2))))
        world.housekeeping.place_media(REPLAY_ID)
        assert shown(world).duration_ms == 20_000
        world.clock.move(minutes=17)
        world.reconciler.run()
        assert shown(world).duration_ms == 40_000

    def test_one_that_never_can_be_made_fails_in_the_end(
        self, world: VideosWorld, ann: Principal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put_recording(a_recording(1))
        monkeypatch.setattr(world.replays._media, "copy", _out_of_order)
        with pytest.raises(ConnectionError):
            world.replays.recorded(a_broadcast(ann, a_recording(1)))
        world.clock.move(hours=73)
        world.reconciler.run()
        assert shown(world).status is Status.FAILED


class TestFacade:
    def test_a_replay_is_told_to_those_who_may_watch_it(
        self, world: VideosWorld, ann: Principal, ben: Principal
    ) -> None:
        first = put_recording(a_recording(1))
        world.replays.recorded(a_broadcast(ann, first, visibility=Visibility.PRIVATE))
        for viewer in (None, ben):
            with pytest.raises(VideoNotFound):
                world.replay_directory.for_viewer(viewer, REPLAY_ID)
        world.catalog.share(ann, REPLAY_ID, "ben")
        for viewer in (ann, ben):
            found = world.replay_directory.for_viewer(viewer, REPLAY_ID)
            assert (found.owner_id, found.broadcast_id) == (ann.user_id, BROADCAST_ID)
            (session,) = found.sessions
            assert (session.starts_at, session.offset_ms) == (WENT_LIVE, 0)

    def test_another_video_is_no_replay(self, world: VideosWorld, ann: Principal) -> None:
        video = world.finish(ann)
        with pytest.raises(VideoNotFound):
            world.replay_directory.for_viewer(ann, video.id)


def _out_of_order(*_: object, **__: object) -> set[str]:
    raise ConnectionError("S3 does not answer")
