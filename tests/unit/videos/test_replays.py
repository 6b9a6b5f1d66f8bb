"""Replays of recordings: refused, made, with their pictures."""

from __future__ import annotations

import pytest

from socialflow.platform.aws import client
from socialflow.platform.principal import Principal
from socialflow.videos.errors import VideoNotFound
from socialflow.videos.models import Status, Visibility
from socialflow.videos.paths import prefix_of
from socialflow.videos.replay import Chapter
from tests.unit.videos.m3u8_check import check_master, check_media
from tests.unit.videos.recorded import (
    BROADCAST_ID,
    REPLAY_ID,
    a_broadcast,
    a_recording,
    folders,
    put_recording,
    sessions_of,
    set_of,
    shown,
)
from tests.unit.videos.world import MEDIA, RECORDINGS, VideosWorld


def text(key: str) -> str:
    return client("s3").get_object(Bucket=MEDIA, Key=key)["Body"].read().decode()


class TestMaking:
    def test_a_broadcast_without_a_recording_makes_nothing(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        world.replays.recorded(a_broadcast(ann, a_recording(1, duration_ms=0)))
        assert world.table_calls.names == []

    def test_a_recording_that_failed_leaves_nothing_behind(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        world.replays.recorded(a_broadcast(ann, a_recording(1)))
        assert world.rows.get(REPLAY_ID) is None
        assert world.objects() == []

    def test_a_recording_that_cannot_be_read_is_left_out(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        bad, good = a_recording(1), put_recording(a_recording(2))
        put_recording(bad)
        client("s3").put_object(
            Bucket=RECORDINGS, Key=f"{bad.key_prefix}/media/hls/master.m3u8", Body=b"\x00\xff"
        )
        world.replays.recorded(a_broadcast(ann, bad, good))
        assert [each.starts_at for each in sessions_of(world)] == [good.started_at]

    def test_a_rung_whose_playlist_is_not_there_is_left_out(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        recording = put_recording(a_recording(1))
        key = f"{recording.key_prefix}/media/hls/480p30/playlist.m3u8"
        client("s3").delete_object(Bucket=RECORDINGS, Key=key)
        world.replays.recorded(a_broadcast(ann, recording))
        media = shown(world).full
        assert media
        assert [one.height for one in media.renditions] == [720, 160]

    def test_one_recording_becomes_a_video_that_plays(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        world.replays.recorded(a_broadcast(ann, put_recording(a_recording(1))))
        view, _ = world.catalog.show(None, REPLAY_ID)
        video = view.video
        assert (video.status, video.title, video.duration_ms) == (
            Status.READY,
            "Evening stream",
            20_000,
        )
        assert video.broadcast_id == BROADCAST_ID
        assert [(one.width, one.height) for one in video.full.renditions] == [  # type: ignore[union-attr]
            (1280, 720),
            (852, 480),
            (284, 160),
        ]
        assert video.chapters == (Chapter(starts_at_ms=0, title="Start"),)
        assert view.playback
        assert view.playback.dash_url is None
        prefix = f"media/public/{REPLAY_ID}/{set_of(1)}/"
        assert view.playback.hls_url == f"https://example.com/{prefix}stream.m3u8"
        for variant in check_master(text(prefix + "stream.m3u8")):
            found = check_media(text(prefix + variant["uri"]))
            assert sum(found.durations) == 20
            for uri in found.uris:
                # Each test segment holds its own key, so a mixed-up copy would show.
                place, name = uri.split("/", 1)
                assert text(prefix + uri) == f"{a_recording(1).key_prefix}/media/hls/{name}"
                assert place == "1"

    def test_it_costs_one_write_at_each_end(self, world: VideosWorld, ann: Principal) -> None:
        world.replays.recorded(a_broadcast(ann, put_recording(a_recording(1))))
        assert world.table_calls.names == ["put_item", "update_item"]

    def test_it_is_listed_as_any_video(self, world: VideosWorld, ann: Principal) -> None:
        world.replays.recorded(a_broadcast(ann, put_recording(a_recording(1))))
        page = world.catalog.list_channel(None, "ann", after=None, limit=10)
        assert [view.video.id for view in page.views] == [REPLAY_ID]

    def test_a_private_one_lands_in_the_protected_zone(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        broadcast = a_broadcast(ann, put_recording(a_recording(1)), visibility=Visibility.PRIVATE)
        world.replays.recorded(broadcast)
        assert folders(world) == {f"protected/{set_of(1)}"}
        with pytest.raises(VideoNotFound):
            world.catalog.show(None, REPLAY_ID)

    def test_segments_keep_their_type_and_playlists_have_theirs(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        world.replays.recorded(a_broadcast(ann, put_recording(a_recording(1))))
        types = {
            key.rpartition(".")[2]: client("s3").head_object(Bucket=MEDIA, Key=key)["ContentType"]
            for key in world.objects()
        }
        assert types == {
            "ts": "video/mp2t",
            "m3u8": "application/vnd.apple.mpegurl",
            "vtt": "text/vtt",
            "jpg": "image/jpeg",
        }

    def test_a_segment_that_is_not_there_is_a_gap(self, world: VideosWorld, ann: Principal) -> None:
        recording = put_recording(a_recording(1))
        client("s3").delete_object(
            Bucket=RECORDINGS, Key=f"{recording.key_prefix}/media/hls/480p30/2.ts"
        )
        world.replays.recorded(a_broadcast(ann, recording))
        prefix = f"media/public/{REPLAY_ID}/{set_of(1)}/"
        assert check_media(text(prefix + "480p.m3u8")).gaps == [2]
        assert check_media(text(prefix + "720p.m3u8")).gaps == []


class TestStills:
    def test_the_seek_bar_shows_thumbnails_of_all_sessions(
        self, world: VideosWorld, ann: Principal
    ) -> None:
        recordings = [put_recording(a_recording(number)) for number in (1, 2)]
        world.replays.recorded(a_broadcast(ann, *recordings))
        assert text(f"media/public/{REPLAY_ID}/{set_of(1, 2)}/storyboard.vtt").splitlines() == [
            "WEBVTT",
            "",
            "00:00:00.000 --> 00:00:10.000",
            "frames.0000000.jpg",
            "",
            "00:00:10.000 --> 00:00:20.000",
            "frames.0000001.jpg",
            "",
            "00:00:20.000 --> 00:00:30.000",
            "frames.0000002.jpg",
            "",
            "00:00:30.000 --> 00:00:40.000",
            "frames.0000003.jpg",
        ]

    def test_a_hundred_of_many_are_taken_evenly(self, world: VideosWorld, ann: Principal) -> None:
        recording = put_recording(a_recording(1), durations_s=["10"] * 12, thumbnails=120)
        world.replays.recorded(a_broadcast(ann, recording))
        frames = [key for key in world.objects() if "/frames." in key]
        assert len(frames) == 100
        assert text(frames[0]).endswith(" 0")
        assert text(frames[-1]).endswith(" 118")

    def test_without_thumbnails_there_are_none(self, world: VideosWorld, ann: Principal) -> None:
        world.replays.recorded(a_broadcast(ann, put_recording(a_recording(1), thumbnails=0)))
        media = shown(world).full
        assert media
        assert (media.poster, media.storyboard) == (None, None)

    @pytest.mark.parametrize("is_there", [True, False])
    def test_the_broadcasts_own_picture_is_the_poster_where_it_is_there(
        self, world: VideosWorld, ann: Principal, is_there: bool
    ) -> None:
        key = "media/public/live/brd_1/chosen.png"
        if is_there:
            client("s3").put_object(Bucket=MEDIA, Key=key, Body=b"chosen")
        recording = put_recording(a_recording(1))
        world.replays.recorded(a_broadcast(ann, recording, poster_key=key))
        media = shown(world).full
        assert media
        assert media.poster == ("picture-chosen.png" if is_there else "poster.jpg")
        assert f"{prefix_of(REPLAY_ID, media)}{media.poster}" in world.objects()
