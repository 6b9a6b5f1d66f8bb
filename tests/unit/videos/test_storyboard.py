"""The storyboard track."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialflow.videos.storyboard import MAX_FRAMES, frame_interval_s, frame_name, storyboard_vtt


@pytest.mark.parametrize(
    ("duration_ms", "interval_s"),
    [(1, 1), (100_000, 1), (100_001, 2), (180_000, 2), (3_600_000, 60), (100 * 3_600_000, 3600)],
)
def test_the_interval_grows_with_the_length(duration_ms: int, interval_s: int) -> None:
    assert frame_interval_s(duration_ms) == interval_s


@given(duration_ms=st.integers(1, 200 * 3_600_000))
def test_no_length_needs_more_than_100_frames(duration_ms: int) -> None:
    assert duration_ms <= frame_interval_s(duration_ms) * MAX_FRAMES * 1000


def test_cues_follow_each_other_and_the_last_holds_to_the_end() -> None:
    assert storyboard_vtt(3, 2_600) == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.000\nframes.0000000.jpg\n\n"
        "00:00:01.000 --> 00:00:02.000\nframes.0000001.jpg\n\n"
        "00:00:02.000 --> 00:00:02.600\nframes.0000002.jpg\n"
    )


def test_cues_follow_the_interval_the_frames_were_taken_at() -> None:
    assert "00:00:02.000 --> 00:00:04.000\nframes.0000001.jpg" in storyboard_vtt(3, 5_000, 2)


def test_a_track_without_frames_is_still_webvtt() -> None:
    assert storyboard_vtt(0, 5_000) == "WEBVTT\n"


def test_a_frame_past_the_stated_end_still_has_a_cue() -> None:
    assert "00:00:02.000 --> 00:00:02.001" in storyboard_vtt(3, 2_000)


def test_frames_are_named_as_mediaconvert_numbers_captures() -> None:
    assert frame_name(36) == "frames.0000036.jpg"
