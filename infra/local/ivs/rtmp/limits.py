"""The bounds of an ingest session. The defaults are IVS's own where it names them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["IngestLimits"]


@dataclass(frozen=True, slots=True)
class IngestLimits:
    """All of them hold for one connection, except `connections`."""

    connections: int = 32
    handshake_s: float = 5
    publish_s: float = 10
    """From the handshake's end to an accepted publish."""
    idle_s: float = 12
    """Without a byte, or without a frame of audio or video."""
    close_s: float = 2
    """How long last words may take to leave."""
    session_s: float = 48 * 3600
    message_bytes: int = 4 * 1024 * 1024
    command_bytes: int = 64 * 1024
    """The largest message before publishing was accepted."""
    chunk_streams: int = 16
    longer_edge: int = 1920
    shorter_edge: int = 1080
    keyframe_s: float = 10
    jump_s: float = 15
    """Timestamps that move further than this at once are anchored anew."""
