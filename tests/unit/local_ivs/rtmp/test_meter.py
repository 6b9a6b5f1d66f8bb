"""What a session measures of itself."""

from __future__ import annotations

import pytest

from infra.local.ivs.rtmp.media import Codec, FlvTag
from infra.local.ivs.rtmp.meter import Meter


class Session:
    """A meter with a clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.25
        self.meter = Meter(lambda: self.now, keyframe_s=10)

    def video(self, size: int = 1000, *, keyframe: bool = False, header: bool = False) -> None:
        time_ms = int((self.now - 1000.25) * 1000)
        self.meter.count(FlvTag(Codec.H264, time_ms, bytes(size), keyframe, header))

    def run(self, seconds: float, *, rate: int = 30, keyframe_each_s: float | None = 2) -> None:
        for number in range(round(seconds * rate)):
            each = None if keyframe_each_s is None else round(keyframe_each_s * rate)
            self.video(keyframe=each is not None and number % each == 0)
            self.meter.count(FlvTag(Codec.AAC, 0, bytes(100), False, False))
            self.now += 1 / rate


class TestRates:
    def test_before_anything_came(self) -> None:
        facts = Session().meter.facts(timestamp_jumps=0)
        assert facts.video_bits_per_s == facts.frames_per_s == 0
        assert facts.keyframe_interval_s is None
        assert facts.keyframe_age_s is None
        assert facts.video is None

    @pytest.mark.parametrize("seconds", [4, 10, 60])
    def test_a_steady_stream(self, seconds: int) -> None:
        session = Session()
        session.run(seconds)
        facts = session.meter.facts(timestamp_jumps=3)
        assert facts.video_bits_per_s == pytest.approx(240_000, rel=0.05)
        assert facts.audio_bits_per_s == pytest.approx(24_000, rel=0.05)
        assert facts.frames_per_s == pytest.approx(30, rel=0.05)
        assert facts.keyframe_interval_s == pytest.approx(2, abs=0.002)
        assert facts.frames_received == seconds * 30
        assert facts.keyframes_received == seconds // 2
        assert facts.bytes_received == seconds * 30 * 1100
        assert facts.timestamp_jumps == 3

    def test_rates_fall_to_nothing_when_nothing_comes(self) -> None:
        session = Session()
        session.run(10)
        session.now += 3
        facts = session.meter.facts(timestamp_jumps=0)
        assert facts.frames_per_s == pytest.approx(12, abs=4)
        assert facts.video_gap_s == pytest.approx(3, abs=0.05)
        session.now += 7
        facts = session.meter.facts(timestamp_jumps=0)
        assert facts.video_bits_per_s == facts.audio_bits_per_s == facts.frames_per_s == 0

    def test_sequence_headers_are_no_frames(self) -> None:
        session = Session()
        session.video(keyframe=True, header=True)
        facts = session.meter.facts(timestamp_jumps=0)
        assert facts.frames_received == facts.keyframes_received == 0
        assert facts.keyframe_age_s is None


class TestKeyframes:
    def test_overdue_after_ten_seconds_until_one_comes(self) -> None:
        session = Session()
        session.run(9.5, keyframe_each_s=100)
        assert not session.meter.keyframe_overdue
        session.run(1, keyframe_each_s=None)
        assert session.meter.keyframe_overdue
        session.video(keyframe=True)
        assert not session.meter.keyframe_overdue

    def test_none_at_all_is_overdue_too(self) -> None:
        session = Session()
        session.run(11, keyframe_each_s=None)
        assert session.meter.facts(timestamp_jumps=0).keyframe_overdue

    def test_a_stalled_stream_is_starved_not_overdue(self) -> None:
        session = Session()
        session.run(2)
        session.now += 60
        assert not session.meter.keyframe_overdue
