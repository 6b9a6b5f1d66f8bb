"""Tags as an FLV byte stream (Adobe's FLV 10.1, annex E), as ffmpeg reads it from its stdin.

FLV's timestamps have 32 bits: a session ends after 48 hours (`IngestLimits.session_s`, of the
wall clock and of the stream's own), which is 4 % of that, and `flv_tag` refuses what does not fit.
"""

from __future__ import annotations

from typing import Final

from infra.local.ivs.rtmp.media import FlvTag

__all__ = ["flv_header", "flv_tag"]

_TAG_HEADER_BYTES: Final = 11
_VERSION: Final = 1
_HAS_VIDEO, _HAS_AUDIO = 1, 4


def flv_header(*, video: bool = True, audio: bool = True) -> bytes:
    """What a file begins with. ffmpeg waits for each kind that is promised here."""
    kinds = (_HAS_VIDEO if video else 0) | (_HAS_AUDIO if audio else 0)
    return b"FLV" + bytes([_VERSION, kinds]) + (9).to_bytes(4) + bytes(4)


def flv_tag(tag: FlvTag) -> bytes:
    """A tag with the size that follows it. Raises `OverflowError` beyond 2^32 milliseconds."""
    size, time_ms = len(tag.body), tag.timestamp_ms.to_bytes(4)
    return b"".join(
        (
            bytes([tag.codec.value]),
            size.to_bytes(3),
            time_ms[1:],
            time_ms[:1],
            bytes(3),
            tag.body,
            (size + _TAG_HEADER_BYTES).to_bytes(4),
        )
    )
