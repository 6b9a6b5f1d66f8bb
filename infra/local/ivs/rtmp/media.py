"""A tag of the stream: one frame of video or audio, as FLV (Adobe, version 10.1) frames it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Codec", "FlvTag"]


class Codec(Enum):
    """What is taken; the value is the tag's type in FLV and the message's in RTMP."""

    AAC = 8
    H264 = 9


@dataclass(frozen=True, slots=True)
class FlvTag:
    """`body` is the tag's data with its FLV header bytes, as the encoder sent it."""

    codec: Codec
    timestamp_ms: int
    """Decoding time since the session began, never smaller than the one before of its codec."""
    body: bytes
    is_keyframe: bool
    """An H.264 picture that decoding may start at (also true of a video sequence header)."""
    is_sequence_header: bool
    """An AVCDecoderConfigurationRecord or an AudioSpecificConfig instead of a frame."""
