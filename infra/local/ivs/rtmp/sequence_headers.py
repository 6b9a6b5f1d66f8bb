"""The formats that sequence headers declare: H.264's (avcC with its SPS) and AAC's.

ISO/IEC 14496-15 5.3.3.1 (AVCDecoderConfigurationRecord), ITU-T H.264 7.3.2.1.1 and E.1.1 (SPS),
ISO/IEC 14496-3 1.6.2.1 (AudioSpecificConfig). Input is hostile: every read is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AudioFormat", "VideoFormat"]


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """`profile` as ISO names it (`Baseline`, `Main`, `High` …), `level` as `4.1`."""

    width: int
    height: int
    profile: str
    level: str
    frame_rate: float | None
    """What the stream's timing information says; most encoders leave it out or at double."""


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """`profile` is `AAC-LC`, `HE-AAC` or `HE-AACv2`."""

    profile: str
    sample_rate: int
    channels: int
