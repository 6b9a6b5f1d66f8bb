"""The NAL units of an H.264 frame, as its parameter sets may travel among them.

A picture's size is declared by the sequence header, and may be declared again inside any frame;
a decoder follows the latter. So every frame is looked through: a few steps, no byte copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from infra.local.ivs.rtmp.errors import UnsupportedMedia

__all__ = ["parameter_sets"]

_SPS: Final = 7
_MAX_UNITS: Final = 1024
_MAX_SPS_BYTES: Final = 1024


def parameter_sets(body: bytes, *, start: int, length_bytes: int) -> Iterator[bytes]:
    """The sequence parameter sets inside a frame. Raises `UnsupportedMedia` for a broken one."""
    at, end = start, len(body)
    for _ in range(_MAX_UNITS):
        if at >= end:
            return
        unit = at + length_bytes
        after = unit + int.from_bytes(body[at:unit])
        if after > end:
            raise UnsupportedMedia("an H.264 frame whose parts exceed it")
        if after > unit and body[unit] & 31 == _SPS:
            yield body[unit : min(after, unit + _MAX_SPS_BYTES)]
        at = after
    raise UnsupportedMedia(f"an H.264 frame of more than {_MAX_UNITS} parts")
