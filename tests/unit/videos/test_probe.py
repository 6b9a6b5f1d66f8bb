"""Reading what MediaConvert Probe found."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from socialflow.videos.failures import Failure, FailureCode, SourceRejected
from socialflow.videos.probe import ContainerFamily, declared_family, probe_source
from tests.unit.videos.sources import AUDIO_TRACK, a_probe, a_video_track


def rejection(response: Any, declared: str = "video/mp4") -> FailureCode:
    with pytest.raises(SourceRejected) as refused:
        probe_source(response, declared)
    return refused.value.code


class TestRefusing:
    def test_nothing_recognised(self) -> None:
        assert rejection({"ProbeResults": []}) is FailureCode.UNREADABLE_MEDIA
        assert rejection({}) is FailureCode.UNREADABLE_MEDIA
        assert rejection({"ProbeResults": [{"Container": {}}]}) is FailureCode.UNREADABLE_MEDIA

    def test_a_container_without_any_track(self) -> None:
        assert rejection(a_probe()) is FailureCode.UNREADABLE_MEDIA

    def test_sound_without_picture(self) -> None:
        assert rejection(a_probe(AUDIO_TRACK)) is FailureCode.NO_VIDEO_TRACK

    def test_an_audio_file_announced_as_video(self) -> None:
        response = a_probe(AUDIO_TRACK, container_format="mp3")
        assert rejection(response) is FailureCode.NO_VIDEO_TRACK

    @pytest.mark.parametrize("duration", [None, 0.0, 0.0001])
    def test_no_duration(self, duration: float | None) -> None:
        assert rejection(a_probe(a_video_track(), duration=duration)) is FailureCode.ZERO_DURATION

    def test_more_than_twelve_hours(self) -> None:
        assert rejection(a_probe(a_video_track(), duration=12 * 3600 + 1)) is FailureCode.TOO_LONG

    @pytest.mark.parametrize(
        "properties",
        [
            {"Width": 20_000},
            {"Height": 8193},
            {"Width": 6000, "SampleAspectRatio": {"Numerator": 2, "Denominator": 1}},
        ],
    )
    def test_a_side_over_8192_pixels(self, properties: dict[str, Any]) -> None:
        assert rejection(a_probe(a_video_track(**properties))) is FailureCode.FRAME_TOO_LARGE

    def test_a_side_under_32_pixels(self) -> None:
        assert rejection(a_probe(a_video_track(Height=16))) is FailureCode.FRAME_TOO_SMALL

    def test_a_video_track_without_a_size(self) -> None:
        assert rejection(a_probe(a_video_track(Width=0))) is FailureCode.UNREADABLE_MEDIA

    def test_a_codec_nobody_knows(self) -> None:
        track = a_video_track() | {"Codec": "UNKNOWN"}
        assert rejection(a_probe(track)) is FailureCode.UNSUPPORTED_CODEC

    @pytest.mark.parametrize(
        ("declared", "arrived"),
        [("video/mp4", "webm"), ("video/webm", "mp4"), ("video/mp2t", "quicktime")],
    )
    def test_another_kind_of_file_than_announced(self, declared: str, arrived: str) -> None:
        response = a_probe(a_video_track(), container_format=arrived)
        assert rejection(response, declared) is FailureCode.TYPE_MISMATCH


class TestAccepting:
    @pytest.mark.parametrize(
        ("declared", "arrived"),
        [
            ("video/mp4", "quicktime"),
            ("video/quicktime", "mp4"),
            ("VIDEO/MP4; codecs=avc1", "mp4"),
            ("video/3gpp", "three_gp"),
            ("video/x-matroska", "webm"),
            ("video/webm", "matroska"),
            ("application/octet-stream", "mpegts"),
            ("", "avi"),
        ],
    )
    def test_types_are_compared_by_family(self, declared: str, arrived: str) -> None:
        response = a_probe(a_video_track(), container_format=arrived)
        assert probe_source(response, declared).width == 1920

    def test_everything_is_read(self) -> None:
        source = probe_source(a_probe(a_video_track(), AUDIO_TRACK), "video/mp4")
        assert source.duration_ms == 12_500
        assert (source.width, source.height) == (1920, 1080)
        assert source.frame_rate == Fraction(30000, 1001)
        assert source.has_audio
        assert source.container_family is ContainerFamily.ISO_BASE_MEDIA
        assert source.video_codec == "AVC"

    @pytest.mark.parametrize(("rotation", "size"), [(90, (1080, 1920)), (180, (1920, 1080))])
    def test_rotation_turns_the_frame(self, rotation: int, size: tuple[int, int]) -> None:
        source = probe_source(a_probe(a_video_track(Rotation=rotation)), "video/mp4")
        assert (source.width, source.height) == size

    def test_wide_pixels_widen_the_frame(self) -> None:
        track = a_video_track(
            Width=720, Height=576, SampleAspectRatio={"Numerator": 64, "Denominator": 45}
        )
        source = probe_source(a_probe(track), "video/mp4")
        assert (source.width, source.height) == (1024, 576)

    def test_silence_is_not_a_fault(self) -> None:
        assert not probe_source(a_probe(a_video_track()), "video/mp4").has_audio

    def test_sound_nobody_can_decode_is_silence(self) -> None:
        unknown = AUDIO_TRACK | {"Codec": "UNKNOWN"}
        assert not probe_source(a_probe(a_video_track(), unknown), "video/mp4").has_audio

    def test_a_missing_frame_rate_is_taken_as_30(self) -> None:
        source = probe_source(a_probe(a_video_track(FrameRate=None)), "video/mp4")
        assert source.frame_rate == 30

    def test_the_tracks_duration_stands_in_for_the_containers(self) -> None:
        track = a_video_track() | {"Duration": 3.0}
        assert probe_source(a_probe(track, duration=None), "video/mp4").duration_ms == 3000


def test_every_code_has_a_sentence_of_its_own() -> None:
    sentences = {Failure(code).message for code in FailureCode}
    assert len(sentences) == len(FailureCode)
    assert all(sentence.endswith(".") and len(sentence) < 200 for sentence in sentences)


def test_a_rejection_carries_its_failure() -> None:
    refused = SourceRejected(FailureCode.TOO_LONG, "99 h")
    assert refused.failure == Failure(FailureCode.TOO_LONG)
    assert "99 h" in str(refused)
    assert "99 h" not in refused.failure.message


def test_unknown_types_announce_no_family() -> None:
    assert declared_family("image/png") is None
    assert declared_family("video/quicktime") is ContainerFamily.ISO_BASE_MEDIA
