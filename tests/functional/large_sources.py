"""Videos of many parts that are still quick to transcode."""

from __future__ import annotations

import hashlib

from tests import media

MIB = 1024**2


def video_of(size_bytes: int) -> bytes:
    """A two-second video of exactly so many bytes: what is missing is a `free` box at its end.

    Players skip such a box (ISO/IEC 14496-12, 8.1.2). Its content differs everywhere, so that two
    parts are never alike.
    """
    whole = media.landscape().read_bytes()
    rest = size_bytes - len(whole)
    filling = hashlib.shake_128(b"filling").digest(rest - 8)
    return whole + rest.to_bytes(4, "big") + b"free" + filling
