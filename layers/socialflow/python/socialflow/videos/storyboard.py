"""The little pictures on the seek bar: how often one is taken, and the WebVTT that names them.

The format is the one players read as a thumbnails track: WebVTT (W3C) whose cue payload is an
image address relative to the file.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

__all__ = ["MAX_FRAMES", "cues_vtt", "frame_interval_s", "frame_name", "storyboard_vtt"]

MAX_FRAMES = 100
_INTERVALS_S = (1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 300, 600)


def frame_interval_s(duration_ms: int) -> int:
    """Whole seconds between frames, so that a video of this length has at most 100."""
    for interval_s in _INTERVALS_S:
        if duration_ms <= interval_s * MAX_FRAMES * 1000:
            return interval_s
    return -(-duration_ms // (MAX_FRAMES * 1000))


def frame_name(number: int) -> str:
    """The file of frame `number`, from 0, as MediaConvert names captures."""
    return f"frames.{number:07d}.jpg"


def storyboard_vtt(frame_count: int, duration_ms: int, interval_s: int | None = None) -> str:
    """WebVTT that shows frame n from n intervals on; the last one holds to the end.

    `frame_count` is how many frames exist, which may be fewer than the duration suggests; no cue
    names a frame that does not exist. No frames make a valid file without cues. `interval_s` is
    the interval the frames were taken at; None takes the one for this duration, which can differ
    where source and output lie on two sides of a threshold.
    """
    interval_ms = (interval_s or frame_interval_s(duration_ms)) * 1000
    return cues_vtt([number * interval_ms for number in range(frame_count)], duration_ms)


def cues_vtt(starts_ms: Sequence[int], duration_ms: int) -> str:
    """WebVTT that shows frame n from the n-th moment to the next one, the last to the end."""
    lines = ["WEBVTT", ""]
    for number, (start_ms, next_ms) in enumerate(
        itertools.pairwise([*starts_ms, max(duration_ms, (starts_ms or [0])[-1] + 1)])
    ):
        lines += [f"{_clock(start_ms)} --> {_clock(next_ms)}", frame_name(number), ""]
    return "\n".join(lines)


def _clock(milliseconds: int) -> str:
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{milliseconds:03d}"
