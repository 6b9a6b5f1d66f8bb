"""The handshake (Adobe's RTMP 1.0, section 5.2), the server's side, in its simple form.

Encoders that offer the digest form (ffmpeg does) take the simple answer when they publish: only
players check it. A first byte other than 3 ends the session at once: RTMPE, TLS or HTTP on this
port, or noise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from infra.local.ivs.rtmp.errors import ProtocolViolation

__all__ = ["BLOCK_BYTES", "VERSION", "shake_hands"]

VERSION: Final = 3
BLOCK_BYTES: Final = 1536
_GUESSES: Final = {6: "RTMPE", 0x16: "TLS", 0x47: "HTTP", 0x50: "HTTP"}


async def shake_hands(
    reader: asyncio.StreamReader,
    send: Callable[[bytes], None],
    random_bytes: Callable[[int], bytes],
) -> None:
    """Returns after C2. Raises `ProtocolViolation`, and `IncompleteReadError` at the end of file.

    C2 is not compared with S1: several encoders send something else there.
    """
    version = (await reader.readexactly(1))[0]
    if version != VERSION:
        guess = _GUESSES.get(version, f"first byte {version:#04x}")
        raise ProtocolViolation(f"not RTMP ({guess})")
    offered = await reader.readexactly(BLOCK_BYTES)
    challenge = bytes(8) + random_bytes(BLOCK_BYTES - 8)
    send(bytes([VERSION]) + challenge + offered)
    await reader.readexactly(BLOCK_BYTES)
