"""What ends a session that the other side is to blame for.

IngestRefused            the encoder cannot be served further
├── ProtocolViolation    what came is not RTMP as this server speaks it
└── UnsupportedMedia     RTMP, but a codec, size or message that is not taken
"""

from __future__ import annotations

__all__ = ["IngestRefused", "ProtocolViolation", "UnsupportedMedia"]


class IngestRefused(Exception):
    """The message is for a log line, and for the encoder as the status' description."""


class ProtocolViolation(IngestRefused):
    """Nothing that follows can be understood."""


class UnsupportedMedia(IngestRefused):
    """The message names what was met and what is taken."""
