"""What an ingest session measured of itself, for the channel's health."""

from __future__ import annotations

from dataclasses import dataclass

from infra.local.ivs.rtmp.sequence_headers import AudioFormat, VideoFormat

__all__ = ["IngestFacts"]


@dataclass(frozen=True, slots=True)
class IngestFacts:
    """Rates are over the last seconds of the wall clock, so they fall to 0 when nothing comes."""

    video_bits_per_s: float
    audio_bits_per_s: float
    frames_per_s: float
    keyframe_interval_s: float | None
    """Between the last two keyframes, by their timestamps; None before the second."""
    keyframe_age_s: float | None
    """Wall time since the last keyframe; None before the first."""
    keyframe_overdue: bool
    """No keyframe for more than the limit (10 s), though video comes."""
    video_gap_s: float
    """Wall time since the last video tag, or since publishing began; starvation shows here."""
    bytes_received: int
    frames_received: int
    keyframes_received: int
    timestamp_jumps: int
    """How often timestamps jumped so far that they were anchored anew."""
    video: VideoFormat | None
    audio: AudioFormat | None
