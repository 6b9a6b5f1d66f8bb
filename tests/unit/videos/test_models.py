"""Rules that need no I/O: parts, visibility, what is misplaced, rows and back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.platform.dynamodb import decode_image
from socialflow.platform.dynamodb_values import encode_map
from socialflow.platform.principal import UserId
from socialflow.videos.failures import FailureCode
from socialflow.videos.models import (
    MAX_PART_BYTES,
    MAX_PARTS,
    MIN_PART_BYTES,
    MediaSet,
    Rendition,
    Status,
    Upload,
    Video,
    VideoId,
    Visibility,
    Zone,
    part_size_bytes,
    shard_of,
    zone_for,
)
from socialflow.videos.paths import prefix_of, source_key, video_of_source
from socialflow.videos.records import new_video_item, set_to_item, video_from_item

MOMENT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
GIB = 1024**3


def an_upload(size_bytes: int) -> Upload:
    return Upload(
        upload_id=None,
        file_name="film.mp4",
        content_type="video/mp4",
        size_bytes=size_bytes,
        part_size_bytes=part_size_bytes(size_bytes),
    )


def a_set(zone: Zone, *, name: str = "a1", generation: int = 1) -> MediaSet:
    return MediaSet(
        name=name,
        zone=zone,
        generation=generation,
        hls="stream.m3u8",
        dash="stream.mpd",
        poster=None,
        storyboard="storyboard.vtt",
        renditions=(Rendition(width=640, height=360, bitrate_bps=800_000),),
    )


def a_video(**changes: object) -> Video:
    video = Video(
        id=VideoId("vid_1"),
        owner_id=UserId("usr_1"),
        status=Status.UPLOADING,
        title="First light",
        description="",
        tags=("sea",),
        visibility=Visibility.PUBLIC,
        created_at=MOMENT,
        upload=an_upload(64),
    )
    return replace(video, **changes)  # type: ignore[arg-type]


class TestParts:
    @pytest.mark.parametrize(
        ("size_bytes", "part_bytes", "parts"),
        [
            (1, 8 * 1024**2, 1),
            (8 * 1024**2, 8 * 1024**2, 1),
            (8 * 1024**2 + 1, 8 * 1024**2, 2),
            (8 * 10**9, 8 * 1024**2, 954),
            (256 * GIB, 263 * 1024**2, 997),
            (5 * 1024 * GIB, 5 * GIB, 1024),
        ],
    )
    def test_sizes_fit_the_file(self, size_bytes: int, part_bytes: int, parts: int) -> None:
        upload = an_upload(size_bytes)
        assert (upload.part_size_bytes, upload.part_count) == (part_bytes, parts)

    @given(st.integers(1, 5 * 1024 * GIB))
    def test_keep_to_the_limits_of_s3_and_add_up(self, size_bytes: int) -> None:
        upload = an_upload(size_bytes)
        assert MIN_PART_BYTES <= upload.part_size_bytes <= MAX_PART_BYTES
        assert upload.part_size_bytes % 1024**2 == 0
        assert 1 <= upload.part_count <= MAX_PARTS
        last = upload.size_of_part(upload.part_count)
        assert 1 <= last <= upload.part_size_bytes
        whole = sum(upload.size_of_part(1) for _ in range(upload.part_count - 1))
        assert whole + last == size_bytes


class TestVisibility:
    def test_only_private_media_is_protected(self) -> None:
        assert {each: zone_for(each) for each in Visibility} == {
            Visibility.PUBLIC: Zone.PUBLIC,
            Visibility.UNLISTED: Zone.PUBLIC,
            Visibility.PRIVATE: Zone.PROTECTED,
        }

    def test_a_set_in_the_other_zone_is_misplaced(self) -> None:
        full, preview = a_set(Zone.PROTECTED), a_set(Zone.PUBLIC, name="p1")
        video = a_video(full=full, preview=preview)
        assert video.misplaced_sets() == (full,)
        assert replace(video, visibility=Visibility.PRIVATE).misplaced_sets() == (preview,)

    def test_the_whole_ladder_is_played_before_the_preview(self) -> None:
        full, preview = a_set(Zone.PUBLIC), a_set(Zone.PUBLIC, name="p1")
        assert a_video().playable is None
        assert a_video(preview=preview).playable == preview
        assert a_video(preview=preview, full=full).playable == full


class TestPaths:
    def test_a_set_never_lies_where_another_has_lain(self) -> None:
        prefixes = [
            prefix_of("vid_1", a_set(zone, name=name, generation=generation))
            for zone in Zone
            for name in ("a1", "a2", "p1")
            for generation in (1, 2, 3, 12)
        ]
        assert len(set(prefixes)) == len(prefixes)
        assert not [(a, b) for a in prefixes for b in prefixes if a != b and b.startswith(a)]

    def test_only_sources_of_ours_name_a_video(self) -> None:
        assert video_of_source(source_key("vid_1")) == "vid_1"
        for key in ("uploads/vid_1", "uploads/vid_1/source/x", "media/vid_1/source", ""):
            assert video_of_source(key) is None


class TestRows:
    def test_a_new_video_comes_back_as_it_went(self) -> None:
        item = decode_image(encode_map(new_video_item(a_video())))
        assert video_from_item(item) == a_video()

    def test_all_that_can_be_known_comes_back(self) -> None:
        video = a_video(
            status=Status.READY,
            uploaded_at=MOMENT,
            published_at=MOMENT + timedelta(minutes=1),
            deleted_at=MOMENT + timedelta(minutes=2),
            failure=FailureCode.TRANSCODE_FAILED,
            duration_ms=12_500,
            jobs={"full": "1", "preview": "2"},
            preview=a_set(Zone.PUBLIC, name="p1"),
            full=a_set(Zone.PROTECTED, generation=2),
            upload=replace(an_upload(64), upload_id="u"),
        )
        item = new_video_item(video) | {
            "uploaded_at": "2026-11-21T09:30:00.000Z",
            "published_at": "2026-11-21T09:31:00.000Z",
            "deleted_at": "2026-11-21T09:32:00.000Z",
            "failure": "transcode_failed",
            "duration_ms": 12_500,
            "full_job_id": "1",
            "preview_job_id": "2",
            "upload_id": "u",
            "preview": set_to_item(a_set(Zone.PUBLIC, name="p1")),
            "full": set_to_item(a_set(Zone.PROTECTED, generation=2)),
        }
        assert video_from_item(decode_image(encode_map(item))) == video


class TestShards:
    @given(st.text(), st.integers(1, 64))
    def test_are_stable_and_within_bounds(self, video_id: str, shards: int) -> None:
        assert 0 <= shard_of(video_id, shards) < shards
        assert shard_of(video_id, shards) == shard_of(video_id, shards)

    def test_spread(self) -> None:
        counts = [0] * 4
        for number in range(400):
            counts[shard_of(f"vid_{number}", 4)] += 1
        assert min(counts) > 60
