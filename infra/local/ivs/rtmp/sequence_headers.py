"""The formats that sequence headers declare: H.264's (avcC with its SPS) and AAC's.

ISO/IEC 14496-15 5.3.3.1 (AVCDecoderConfigurationRecord), ITU-T H.264 7.3.2.1.1 and E.1.1 (SPS),
ISO/IEC 14496-3 1.6.2.1 (AudioSpecificConfig). Input is hostile: every read is bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from infra.local.ivs.rtmp.bits import Bits
from infra.local.ivs.rtmp.errors import UnsupportedMedia
from infra.local.ivs.rtmp.sps import VideoFormat, parse_sps

__all__ = ["AudioFormat", "VideoConfiguration", "VideoFormat", "parse_audio", "parse_video"]

_AVCC_FIXED_BYTES: Final = 6
_SAMPLE_RATES: Final = (
    *(96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350),
)
_CHANNELS: Final = (0, 1, 2, 3, 4, 5, 6, 8)
_PROFILES: Final = {2: "AAC-LC", 5: "HE-AAC", 29: "HE-AACv2"}


@dataclass(frozen=True, slots=True)
class AudioFormat:
    """`profile` is `AAC-LC`, `HE-AAC` or `HE-AACv2`; the rate is that of the AAC-LC core."""

    profile: str
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class VideoConfiguration:
    """The format of each parameter set, and how many bytes give a NAL unit's length in frames."""

    formats: tuple[VideoFormat, ...]
    length_bytes: int


def parse_video(record: bytes) -> VideoConfiguration:
    """An AVCDecoderConfigurationRecord. Raises `UnsupportedMedia` where it cannot be read."""
    if len(record) <= _AVCC_FIXED_BYTES + 2 or record[0] != 1:
        raise UnsupportedMedia("an H.264 sequence header that is no avcC record")
    length_bytes, count = (record[4] & 3) + 1, record[5] & 31
    if count == 0 or length_bytes == 3:
        raise UnsupportedMedia("an H.264 sequence header without a parameter set")
    formats, at = [], _AVCC_FIXED_BYTES
    for _ in range(count):
        start = at + 2
        at = start + int.from_bytes(record[at:start])
        if at > len(record):
            raise UnsupportedMedia("an H.264 sequence header that ends in its parameter sets")
        formats.append(parse_sps(record[start:at]))
    return VideoConfiguration(tuple(formats), length_bytes)


def parse_audio(record: bytes) -> AudioFormat:
    """An AudioSpecificConfig. Raises `UnsupportedMedia` where it cannot be read."""
    bits = Bits(record, "an AAC sequence header that cannot be read")
    kind = bits.read(5)
    sample_rate = _sample_rate(bits)
    channels = bits.read(4)
    if kind not in _PROFILES:
        raise UnsupportedMedia(f"AAC object type {kind}; AAC-LC and HE-AAC are taken")
    if not 0 < channels < len(_CHANNELS):
        raise UnsupportedMedia(f"AAC channel configuration {channels}")
    return AudioFormat(_PROFILES[kind], sample_rate, _CHANNELS[channels])


def _sample_rate(bits: Bits) -> int:
    index = bits.read(4)
    if index == 15:
        return bits.read(24)
    if index >= len(_SAMPLE_RATES):
        raise UnsupportedMedia("AAC with a reserved sample rate")
    return _SAMPLE_RATES[index]
