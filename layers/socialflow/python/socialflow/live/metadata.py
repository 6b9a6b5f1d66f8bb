"""Pictures without what cameras and programs write beside them: where, when and by whom.

Also gone is what stands behind a picture's end, where other files hide. Kept is what a picture
looks different without: the way up, the colours.

JPEG: markers (ITU-T T.81, B.1.1), Exif 2.32, 4.6. PNG: chunks (ISO/IEC 15948, 5.3).
"""

from __future__ import annotations

import re
import struct
from typing import Final, Literal

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT"}
)
_EXIF: Final = b"Exif\x00\x00"
_ORIENTATION: Final = 0x0112
_MAX_ENTRIES: Final = 200
_SCAN, _END, _COMMENT, _FIRST_APP, _EXIF_APP, _LAST_APP = 0xDA, 0xD9, 0xFE, 0xE0, 0xE1, 0xEF
# JFIF's density, the profile of colours, and Adobe's note of how they are stored.
_APPS_KEPT: Final = frozenset({0xE0, 0xE2, 0xEE})
_PROFILE: Final = b"ICC_PROFILE\x00"
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
# The next marker in a scan: neither a stuffed zero nor a restart.
_MARKER: Final = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


def without_metadata(content: bytes) -> bytes:
    """The same picture and no more; what cannot be read of it is left out."""
    if content.startswith(_PNG):
        return _bare_png(content)
    return _bare_jpeg(content)


def _bare_png(content: bytes) -> bytes:
    kept, at = bytearray(_PNG), len(_PNG)
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        name = content[at + 4 : at + 8]
        if name in _PNG_KEPT and end <= len(content):
            kept += content[at:end]
        if name == b"IEND":
            break
        at = end
    return bytes(kept)


def _bare_jpeg(content: bytes) -> bytes:
    kept, at = bytearray(content[:2]), 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _ALONE:
            at += 2
            continue
        if marker == _END:
            break
        end = at + 2 + max(2, int.from_bytes(content[at + 2 : at + 4], "big"))
        if marker == _SCAN:
            following = _MARKER.search(content, end)
            end = following.start() if following else len(content)
        kept += _segment(marker, content[at:end])
        at = end
    return bytes(kept + b"\xff\xd9")


def _segment(marker: int, segment: bytes) -> bytes:
    """A segment, or what is kept of it."""
    if marker == _EXIF_APP:
        way_up = _orientation(segment[4:])
        return _only(way_up) if way_up else b""
    if marker == _COMMENT or (_FIRST_APP <= marker <= _LAST_APP and marker not in _APPS_KEPT):
        return b""
    if marker == 0xE2 and not segment[4:].startswith(_PROFILE):
        return b""
    return segment


def _orientation(body: bytes) -> int | None:
    if not body.startswith(_EXIF):
        return None
    tiff = body[len(_EXIF) :]
    order: Literal["little", "big"] = "little" if tiff.startswith(b"II") else "big"
    first = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[first : first + 2], order)
    for place in range(min(count, _MAX_ENTRIES)):
        start = first + 2 + 12 * place
        entry = tiff[start : start + 12]
        if int.from_bytes(entry[:2], order) == _ORIENTATION:
            value = int.from_bytes(entry[8:10], order)
            return value if 1 <= value <= 8 else None
    return None


def _only(way_up: int) -> bytes:
    """A segment that tells the orientation alone."""
    tiff = b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, way_up, 0, 0)
    body = _EXIF + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
