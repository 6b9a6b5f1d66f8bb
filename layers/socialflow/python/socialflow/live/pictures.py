"""What a picture's own bytes say it is. The declared type is not believed.

JPEG: the frame header (ITU-T T.81, B.2.2). PNG: the IHDR chunk (ISO/IEC 15948, 11.2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

MAX_BYTES: Final = 2 * 1024**2
MIN_SIDE: Final = 64
MAX_SIDE: Final = 4096
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
# SOF0 to SOF15 but the three markers between them that are no frame headers.
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})


class NotAPicture(ValueError):
    """The bytes are no JPEG or PNG, or one of a size that no thumbnail has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What it is."""

    content_type: str
    width: int
    height: int


def picture_of(content: bytes) -> Picture:
    """The picture in some bytes; raises `NotAPicture`."""
    if content.startswith(_PNG):
        kind, (width, height) = "image/png", _png_size(content)
    elif content.startswith(_JPEG):
        kind, (width, height) = "image/jpeg", _jpeg_size(content)
    else:
        raise NotAPicture("neither JPEG nor PNG")
    if not (MIN_SIDE <= width <= MAX_SIDE and MIN_SIDE <= height <= MAX_SIDE):
        raise NotAPicture(f"{width}x{height}: each side has {MIN_SIDE} to {MAX_SIDE} pixels")
    return Picture(content_type=kind, width=width, height=height)


def _png_size(content: bytes) -> tuple[int, int]:
    if content[12:16] != b"IHDR" or len(content) < 24:
        raise NotAPicture("a PNG without a header")
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise NotAPicture("a JPEG with bytes between its segments")
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES and at + 9 <= len(content):
            height = int.from_bytes(content[at + 5 : at + 7], "big")
            return int.from_bytes(content[at + 7 : at + 9], "big"), height
        else:
            at += 2 + max(2, int.from_bytes(content[at + 2 : at + 4], "big"))
    raise NotAPicture("a JPEG without a frame")
