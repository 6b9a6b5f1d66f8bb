"""The encoder's clock into the session's."""

from __future__ import annotations

import itertools

import pytest

from infra.local.ivs.rtmp.media import Codec
from infra.local.ivs.rtmp.timeline import Timeline

VIDEO, AUDIO = Codec.H264, Codec.AAC
HOUR_MS = 3_600_000
JUMP_MS = 15_000
WRAP = 1 << 32


def timeline() -> Timeline:
    return Timeline(jump_ms=JUMP_MS)


class TestSteps:
    def test_a_clock_that_begins_at_0_is_kept(self) -> None:
        subject = timeline()
        assert [subject.place(VIDEO, time) for time in (0, 33, 67)] == [0, 33, 67]
        assert [subject.place(AUDIO, time) for time in (5, 28)] == [5, 28]
        assert subject.jumps == 0

    def test_a_clock_that_begins_anywhere_begins_at_0(self) -> None:
        subject = timeline()
        assert subject.place(VIDEO, 9 * HOUR_MS) == 0
        assert subject.place(AUDIO, 9 * HOUR_MS + 20) == 20
        assert subject.place(VIDEO, 9 * HOUR_MS + 33) == 33
        assert subject.jumps == 0

    def test_a_clock_that_begins_within_a_second_is_kept(self) -> None:
        assert [timeline().place(VIDEO, time) for time in (1000, 1001)] == [1000, 0]

    def test_a_codec_may_begin_a_little_earlier_than_the_other(self) -> None:
        subject = timeline()
        assert subject.place(VIDEO, 9 * HOUR_MS) == 0
        assert subject.place(AUDIO, 9 * HOUR_MS - 40) == 0
        assert subject.place(AUDIO, 9 * HOUR_MS + 10) == 10

    @pytest.mark.parametrize("border", [1 << 24, 1 << 31, WRAP])
    def test_no_border_is_felt(self, border: int) -> None:
        subject = timeline()
        raw = range(border - 1000, border + 1000, 40)
        assert [subject.place(VIDEO, time % WRAP) for time in raw] == list(range(0, 2000, 40))
        assert subject.jumps == 0

    def test_some_encoders_wrap_at_31_bits(self) -> None:
        subject = timeline()
        raw = [(1 << 31) - 1000 + step for step in range(0, 2000, 40)]
        placed = [subject.place(VIDEO, time & 0x7FFFFFFF) for time in raw]
        assert placed == list(range(0, 2000, 40))
        assert subject.jumps == 0

    def test_what_has_no_time_of_its_own_is_where_its_codec_is(self) -> None:
        subject = timeline()
        assert subject.now(VIDEO) == 0
        subject.place(VIDEO, 500)
        subject.place(AUDIO, 700)
        assert subject.now(VIDEO) == 500

    def test_both_codecs_wrap_each_at_its_own_frame(self) -> None:
        subject = timeline()
        for step in range(0, 400, 20):
            assert subject.place(VIDEO, (WRAP - 200 + step) % WRAP) == step
            assert subject.place(AUDIO, (WRAP - 200 + step + 7) % WRAP) == step + 7

    def test_a_small_step_back_holds_the_frame(self) -> None:
        subject = timeline()
        placed = [subject.place(VIDEO, time) for time in (0, 500, 480, 490, 520)]
        assert placed == [0, 500, 500, 500, 520]

    def test_a_clock_that_creeps_back_is_anchored_anew(self) -> None:
        subject = timeline()
        placed = [subject.place(VIDEO, time) for time in range(10_000, 0, -100)]
        assert placed == sorted(placed)
        assert 5 <= subject.jumps <= 12


class TestJumps:
    @pytest.mark.parametrize("target", [HOUR_MS, 30 * HOUR_MS, (WRAP - HOUR_MS) % WRAP])
    def test_time_goes_on_where_it_was_for_both_codecs(self, target: int) -> None:
        subject = timeline()
        subject.place(VIDEO, 600)
        subject.place(VIDEO, 640)
        subject.place(AUDIO, 630)
        begun = subject.latest_ms
        assert subject.place(VIDEO, target) == begun
        assert subject.place(AUDIO, target + 10) == begun + 10
        assert subject.place(VIDEO, target + 40) == begun + 40
        assert subject.jumps == 1

    def test_back_to_the_beginning(self) -> None:
        subject = timeline()
        for time in range(0, 60_000, 1000):
            subject.place(VIDEO, time)
            subject.place(AUDIO, time)
        assert subject.place(AUDIO, 0) == 59_000
        assert subject.place(VIDEO, 10) == 59_010
        assert subject.place(AUDIO, 23) == 59_023
        assert subject.jumps == 1

    def test_a_codec_that_paused_comes_back_on_the_same_clock(self) -> None:
        subject = timeline()
        subject.place(AUDIO, 0)
        for time in range(0, 120_000, 1000):
            subject.place(VIDEO, time)
        assert subject.place(AUDIO, 119_500) == 119_500
        assert subject.jumps == 0

    def test_codecs_on_clocks_of_their_own_both_go_on(self) -> None:
        subject = timeline()
        for step in range(0, 1000, 20):
            assert subject.place(VIDEO, step) == step
            assert abs(subject.place(AUDIO, 5 * HOUR_MS + step) - step) <= 20
        assert subject.jumps == 0

    def test_nothing_ever_goes_back(self) -> None:
        subject = timeline()
        raw = itertools.accumulate(range(200), lambda time, n: (time * 1103515245 + n) % WRAP)
        placed = [subject.place(VIDEO, time) for time in raw]
        assert placed == sorted(placed)
        assert max(placed) <= 200 * JUMP_MS
