"""Bodies of audio and video messages, with H.264's parameter sets from a real encoder."""

from __future__ import annotations

import functools
from fractions import Fraction

import av
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

AAC_HEADER = b"\xaf\x00\x12\x10"
"""AAC-LC, 44100 Hz, stereo."""
AAC_FRAME = b"\xaf\x01" + b"\x21\x10\x04\x60\x8c\x1c"


@functools.cache
def parameter_sets(
    width: int, height: int, pixels: str = "yuv420p", **options: str
) -> tuple[bytes, bytes]:
    """The SPS and the PPS of libx264 for such a picture."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = width, height, pixels
    encoder.time_base, encoder.framerate = Fraction(1, 30), Fraction(30)
    encoder.flags |= Flags.global_header.value
    encoder.options = options
    encoder.open()
    units = bytes(encoder.extradata or b"").split(b"\0\0\0\1")[1:]
    sps, pps = (each for each in units if each[0] & 31 in (7, 8))
    return sps, pps


def avc_record(sps: bytes, pps: bytes, *, length_bytes: int = 4) -> bytes:
    """An AVCDecoderConfigurationRecord."""
    lengths = 0xFC | length_bytes - 1
    sets = [b"\xe1", len(sps).to_bytes(2), sps, b"\x01", len(pps).to_bytes(2), pps]
    return b"\x01" + sps[1:4] + bytes([lengths]) + b"".join(sets)


def video_header(width: int = 320, height: int = 180) -> bytes:
    """A video sequence header's body."""
    return b"\x17\x00\x00\x00\x00" + avc_record(*parameter_sets(width, height))


def video_frame(*units: bytes, keyframe: bool = False) -> bytes:
    """A frame's body; without units a slice of nothing in particular."""
    inside = units or (b"\x65slice" if keyframe else b"\x41slice",)
    head = b"\x17\x01\x00\x00\x00" if keyframe else b"\x27\x01\x00\x00\x00"
    return head + b"".join(len(unit).to_bytes(4) + unit for unit in inside)
