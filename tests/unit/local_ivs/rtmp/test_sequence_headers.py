"""What sequence headers declare, against those of real encoders."""

from __future__ import annotations

import random

import pytest

from infra.local.ivs.rtmp.errors import UnsupportedMedia
from infra.local.ivs.rtmp.nal_units import parameter_sets as sets_inside
from infra.local.ivs.rtmp.sequence_headers import AudioFormat, parse_audio, parse_video
from infra.local.ivs.rtmp.sps import parse_sps
from tests.unit.local_ivs.rtmp import pictures


def _ue(value: int) -> str:
    """ue(v) as bits."""
    code = f"{value + 1:b}"
    return "0" * (len(code) - 1) + code


class TestVideo:
    @pytest.mark.parametrize(
        ("width", "height"),
        [(16, 16), (320, 180), (640, 360), (854, 480), (1280, 720), (1918, 1078), (1920, 1080)],
    )
    def test_sizes(self, width: int, height: int) -> None:
        found = parse_video(pictures.avc_record(*pictures.parameter_sets(width, height)))
        (only,) = found.formats
        assert (only.width, only.height) == (width, height)
        assert only.frame_rate == 30
        assert found.length_bytes == 4

    @pytest.mark.parametrize(
        ("pixels", "options", "profile"),
        [
            ("yuv420p", {"preset": "ultrafast"}, "Constrained Baseline"),
            ("yuv420p", {"profile": "main"}, "Main"),
            ("yuv420p", {}, "High"),
            ("yuv420p", {"x264-params": "interlaced=1"}, "High"),
            ("yuv420p", {"x264-params": "cqm=jvt"}, "High"),
            ("yuv420p", {"x264-params": "pic-struct=1:sar=40/33:colorprim=bt709"}, "High"),
            ("yuv422p", {}, "High 4:2:2"),
            ("yuv444p", {}, "High 4:4:4 Predictive"),
            ("gray", {}, "High"),
        ],
    )
    def test_profiles(self, pixels: str, options: dict[str, str], profile: str) -> None:
        sps, _ = pictures.parameter_sets(722, 404, pixels, **options)
        found = parse_sps(sps)
        assert (found.width, found.height, found.profile) == (722, 404, profile)
        assert found.frame_rate == 30

    def test_levels(self) -> None:
        assert parse_sps(pictures.parameter_sets(1280, 720, level="4.2")[0]).level == "4.2"

    def test_every_parameter_set_of_a_record_is_read(self) -> None:
        small, pps = pictures.parameter_sets(320, 180)
        large, _ = pictures.parameter_sets(3840, 2160)
        sets = b"".join(len(each).to_bytes(2) + each for each in (small, large))
        record = b"\x01" + small[1:4] + b"\xff\xe2" + sets + b"\x01\x00\x01" + pps[:1]
        assert [each.width for each in parse_video(record).formats] == [320, 3840]

    def test_a_small_window_on_a_huge_picture_is_refused(self) -> None:
        # Baseline, 16384 pixels across, of which 16 are shown.
        bits = "1101110" + _ue(1023) + _ue(0) + "101"
        bits += _ue(0) + _ue(8184) + _ue(0) + _ue(0) + "01"
        body = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8))
        with pytest.raises(UnsupportedMedia, match="far larger"):
            parse_sps(b"\x67\x42\x00\x1f" + body)

    def test_every_truncation_is_refused(self) -> None:
        sps, pps = pictures.parameter_sets(320, 180)
        record = pictures.avc_record(sps, pps)
        whole = parse_video(record)
        for size in range(8 + len(sps)):
            with pytest.raises(UnsupportedMedia):
                parse_video(record[:size])
        assert parse_video(record[: 8 + len(sps)]) == whole

    def test_noise_is_refused_or_read(self) -> None:
        noise = random.Random(1)  # noqa: S311 - the same in each run
        read = 0
        for _ in range(2000):
            try:
                found = parse_sps(b"\x67" + noise.randbytes(noise.randrange(60)))
            except UnsupportedMedia:
                continue
            read += 1
            assert found.width > 0
            assert found.height > 0
        assert 0 < read < 2000


class TestAudio:
    @pytest.mark.parametrize(
        ("record", "found"),
        [
            ("1210", AudioFormat("AAC-LC", 44100, 2)),
            ("1190", AudioFormat("AAC-LC", 48000, 2)),
            ("1388", AudioFormat("AAC-LC", 22050, 1)),
            ("11b0", AudioFormat("AAC-LC", 48000, 6)),
            ("2b920800", AudioFormat("HE-AAC", 22050, 2)),
            ("eb8a0800", AudioFormat("HE-AACv2", 22050, 1)),
            ("17803e8010", AudioFormat("AAC-LC", 32000, 2)),
        ],
    )
    def test_formats(self, record: str, found: AudioFormat) -> None:
        assert parse_audio(bytes.fromhex(record)) == found

    @pytest.mark.parametrize("record", ["", "12", "0a10", "1680", "1200", "1278", "17ff"])
    def test_refusals(self, record: str) -> None:
        with pytest.raises(UnsupportedMedia):
            parse_audio(bytes.fromhex(record))


class TestParameterSetsInside:
    def test_they_are_found_among_other_units(self) -> None:
        sps, pps = pictures.parameter_sets(320, 180)
        frame = pictures.video_frame(b"\x09\xf0", sps, pps, b"\x65slice", keyframe=True)
        assert list(sets_inside(frame, start=5, length_bytes=4)) == [sps]

    def test_lengths_of_two_bytes(self) -> None:
        frame = b"\x17\x01\0\0\0" + b"\x00\x02\x67\x42" + b"\x00\x01\x65"
        assert list(sets_inside(frame, start=5, length_bytes=2)) == [b"\x67\x42"]

    @pytest.mark.parametrize(
        ("frame", "why"),
        [(b"\x00\x00\x00\x05\x67", "exceed"), (bytes(4 * 1025), "more than 1024")],
    )
    def test_broken_frames_are_refused(self, frame: bytes, why: str) -> None:
        with pytest.raises(UnsupportedMedia, match=why):
            list(sets_inside(frame, start=0, length_bytes=4))
