"""The segment that a killed encoder was writing: whole packets of it are as good as any other.

ffmpeg lists a segment once it is whole. When it was killed, nobody else will: the file is cut to
whole packets, measured and listed.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

import av

__all__ = ["salvage"]

_LOG = logging.getLogger(__name__)
_PACKET_BYTES = 188


def salvage(run: Path) -> None:
    """Of every rung of a run whose encoder is gone; idempotent."""
    for half in run.glob("*/*.ts"):
        playlist = half.with_name("playlist.m3u8")
        text = playlist.read_text(encoding="utf-8") if playlist.exists() else "#EXTM3U\n"
        if f"\n{half.name}\n" in text:
            continue
        size = half.stat().st_size // _PACKET_BYTES * _PACKET_BYTES
        os.truncate(half, size)
        seconds = _seconds(half) if size else 0
        if seconds <= 0:
            half.unlink()
            continue
        ended = text.removesuffix("#EXT-X-ENDLIST\n")
        beside = playlist.with_suffix(".new")
        beside.write_text(f"{ended}#EXTINF:{seconds:.6f},\n{half.name}\n", encoding="utf-8")
        beside.replace(playlist)


def _seconds(path: Path) -> float:
    """Of its picture; 0 where there is none that can be read."""
    try:
        with av.open(str(path), format="mpegts") as container:
            if not container.streams.video:
                return 0
            stream = container.streams.video[0]
            times = [packet.pts for packet in container.demux(stream) if packet.pts is not None]
            if not times or stream.time_base is None:
                return 0
            span = max(times) - min(times)
            # The last frame is shown as long as the average one.
            return float((span + span / max(1, len(times) - 1)) * stream.time_base)
    except av.FFmpegError as unreadable:
        _LOG.warning("%s cannot be salvaged: %s", path, unreadable)
        return 0
