"""Measures an ingest session as it goes: what the channel's health is drawn from."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from infra.local.ivs.rtmp.facts import IngestFacts
from infra.local.ivs.rtmp.media import Codec, FlvTag
from infra.local.ivs.rtmp.sequence_headers import AudioFormat, VideoFormat

__all__ = ["Meter"]

WINDOW_S: Final = 5


@dataclass(slots=True)
class _Second:
    number: int
    video_bytes: int = 0
    audio_bytes: int = 0
    frames: int = 0


class Meter:
    """One session's. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float], *, keyframe_s: float) -> None:
        self._clock = clock
        self._keyframe_s = keyframe_s
        self._began = self._last_video = clock()
        self._seconds: deque[_Second] = deque(maxlen=WINDOW_S + 1)
        self._bytes = self._frames = self._keyframes = 0
        self._keyframe_at: float | None = None
        self._keyframe_ms: int | None = None
        self._interval_ms: int | None = None
        self.video: VideoFormat | None = None
        self.audio: AudioFormat | None = None

    def count(self, tag: FlvTag) -> None:
        """Adds a tag that was taken."""
        now = self._clock()
        second = self._second(int(now))
        size = len(tag.body)
        self._bytes += size
        if tag.codec is Codec.AAC:
            second.audio_bytes += size
            return
        second.video_bytes += size
        if tag.is_sequence_header:
            return
        second.frames += 1
        self._frames += 1
        self._last_video = now
        if tag.is_keyframe:
            if self._keyframe_ms is not None:
                self._interval_ms = tag.timestamp_ms - self._keyframe_ms
            self._keyframes += 1
            self._keyframe_at, self._keyframe_ms = now, tag.timestamp_ms

    @property
    def keyframe_overdue(self) -> bool:
        """Video comes, and none that decoding could start at for longer than the limit."""
        since = self._keyframe_at if self._keyframe_at is not None else self._began
        return self._last_video - since > self._keyframe_s

    def facts(self, *, timestamp_jumps: int) -> IngestFacts:
        """The figures as of now."""
        now = self._clock()
        # The second under way counts for what has passed of it.
        span = max(1.0, min(WINDOW_S + now % 1, now - self._began))
        seconds = [each for each in self._seconds if each.number >= int(now) - WINDOW_S]
        return IngestFacts(
            video_bits_per_s=8 * sum(each.video_bytes for each in seconds) / span,
            audio_bits_per_s=8 * sum(each.audio_bytes for each in seconds) / span,
            frames_per_s=sum(each.frames for each in seconds) / span,
            keyframe_interval_s=None if self._interval_ms is None else self._interval_ms / 1000,
            keyframe_age_s=None if self._keyframe_at is None else now - self._keyframe_at,
            keyframe_overdue=self.keyframe_overdue,
            video_gap_s=now - self._last_video,
            bytes_received=self._bytes,
            frames_received=self._frames,
            keyframes_received=self._keyframes,
            timestamp_jumps=timestamp_jumps,
            video=self.video,
            audio=self.audio,
        )

    def _second(self, number: int) -> _Second:
        if not self._seconds or self._seconds[-1].number != number:
            self._seconds.append(_Second(number))
        return self._seconds[-1]
